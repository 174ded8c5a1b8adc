import { createRunApart } from '../../adapters/onnxruntime/foreign/run-apart.ts';
import { tryTokenizer } from '../../adapters/text/try-tokenizer.ts';
import type { Importing } from '../../cli/context.ts';
import { parseConfig } from '../../config/parse.ts';
import { downloadedEncoders, encoderBuilders } from '../../encoders/catalogue.ts';
import { builtEncoders, lockBuiltEncoders } from './built-encoders.ts';

/** For the command line: importing into the folder of encoders that a server with this environment reads. */
export function openImporting(environment: Readonly<Record<string, string | undefined>>): Importing {
  const config = parseConfig(environment);
  return {
    folder: builtEncoders(config),
    maxBytes: config.IMPORT_MAX_BYTES,
    taken: [...Object.keys(encoderBuilders), ...Object.keys(downloadedEncoders)],
    runForeign: createRunApart(),
    tryTokenizer: (bytes) => tryTokenizer(bytes),
    lock: (signal) => lockBuiltEncoders(config, signal),
  };
}
