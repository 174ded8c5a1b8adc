import { runForeign } from '../adapters/onnxruntime/foreign/run-foreign.ts';
import type { Importing } from '../cli/context.ts';
import { parseConfig } from '../config/parse.ts';
import { builtEncoders, lockBuiltEncoders } from './server/built-encoders.ts';

/** For the command line: importing into the folder of encoders that a server with this environment reads. */
export function openImporting(environment: Readonly<Record<string, string | undefined>>): Importing {
  const config = parseConfig(environment);
  return {
    folder: builtEncoders(config),
    maxBytes: config.IMPORT_MAX_BYTES,
    runForeign,
    lock: (signal) => lockBuiltEncoders(config, signal),
  };
}
