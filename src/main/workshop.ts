import { homedir } from 'node:os';
import { join } from 'node:path';
import { createObjectiveRunner } from '../adapters/onnxruntime/objective-runner.ts';
import { createOnnxRunner } from '../adapters/onnxruntime/program-runner.ts';
import { compile } from '../adapters/onnxruntime/session.ts';
import { createSharpDecoder } from '../adapters/sharp.ts';
import type { Workshop, WorkshopOptions } from '../cli/world.ts';
import { readPackage } from '../package/read.ts';

/** Of the episodes in flight, which are few. */
const STATE_BYTES = 256 * 2 ** 20;

/** What training and measuring work with; decoded data sets are kept in the user's cache folder. */
export async function openWorkshop({ threads, onProgress }: WorkshopOptions): Promise<Workshop> {
  const programs = createOnnxRunner({
    adaptThreads: threads,
    predictThreads: threads,
    stateBytes: STATE_BYTES,
  });
  return {
    decoder: createSharpDecoder(),
    cacheDirectory: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'innerloop'),
    onProgress,
    createRunner: createObjectiveRunner,
    compile,
    programs,
    readPackage,
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}
