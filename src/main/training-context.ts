import { homedir } from 'node:os';
import { join } from 'node:path';
import { createOnnxRunner } from '../adapters/onnxruntime/program-runner.ts';
import { compile } from '../adapters/onnxruntime/threads/session.ts';
import { createObjectiveRunner } from '../adapters/onnxruntime/training/objective-runner.ts';
import { createSharpDecoder } from '../adapters/sharp.ts';
import type { OpenTrainingContext, TrainingContextOptions } from '../cli/context.ts';
import { readPackage } from '../package/read.ts';

/** Of the episodes in flight, which are few. */
const STATE_BYTES = 256 * 2 ** 20;

/** Files of the user's own, as large as cameras make them; what strangers post is bounded more closely. */
const MAX_PIXELS = 2 ** 28;

/** What training and measuring work with; decoded data sets are kept in the user's cache folder. */
export async function openTrainingContext({
  threads,
  onProgress,
  onNote,
}: TrainingContextOptions): Promise<OpenTrainingContext> {
  const programs = createOnnxRunner({
    adaptThreads: threads,
    predictThreads: threads,
    stateBytes: STATE_BYTES,
  });
  return {
    decoder: createSharpDecoder({ maxPixels: MAX_PIXELS }),
    cacheDirectory: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'innerloop'),
    onProgress,
    onNote,
    createRunner: createObjectiveRunner,
    compile,
    programs,
    readPackage,
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}
