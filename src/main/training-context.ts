import { homedir } from 'node:os';
import { join } from 'node:path';
import { createOnnxRunner } from '../adapters/onnxruntime/program-runner.ts';
import { compile } from '../adapters/onnxruntime/threads/session.ts';
import { createObjectiveRunner } from '../adapters/onnxruntime/training/objective-runner.ts';
import { createSharpDecoder } from '../adapters/sharp/decoder.ts';
import type { OpenTrainingContext, TrainingContextOptions } from '../cli/context.ts';
import { readPackage } from '../package/read.ts';

/** Enough for the states of the few episodes that run at the same time. */
const STATE_BYTES = 256 * 2 ** 20;

/** Photographs in the user's own files may be large. The limit for images in requests is lower. */
const MAX_PIXELS = 2 ** 28;

/** The training context of this machine. Decoded data sets are kept in the user's cache folder. */
export async function openTrainingContext({
  threads,
  ...options
}: TrainingContextOptions): Promise<OpenTrainingContext> {
  const programs = createOnnxRunner({
    adaptThreads: threads,
    predictThreads: threads,
    stateBytes: STATE_BYTES,
  });
  return {
    ...options,
    decoder: createSharpDecoder({ jpegPixels: MAX_PIXELS, pixels: MAX_PIXELS }),
    cacheDirectory: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'innerloop'),
    createRunner: createObjectiveRunner,
    compile,
    programs,
    readPackage,
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}
