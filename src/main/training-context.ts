import { homedir } from 'node:os';
import { join } from 'node:path';
import { createContentDecoder } from '../adapters/decoding/content-decoder.ts';
import { createOnnxRunner } from '../adapters/onnxruntime/program-runner.ts';
import { compile } from '../adapters/onnxruntime/threads/session.ts';
import { openFeatureEncoder } from '../adapters/onnxruntime/training/feature-encoder.ts';
import { createObjectiveRunner } from '../adapters/onnxruntime/training/objective-runner.ts';
import { createSharpDecoder } from '../adapters/sharp/decoder.ts';
import type { OpenTrainingContext, TrainingContextOptions } from '../cli/context.ts';
import { readPackage } from '../package/read.ts';
import type { FeatureEncoder } from '../ports/training-runtime.ts';
import { localEncoder } from './encoders/local-encoder.ts';

/** Enough for the states of the few episodes that run at the same time. */
const STATE_BYTES = 256 * 2 ** 20;

/** Photographs in the user's own files may be large. The limit for images in requests is lower. */
const MAX_PIXELS = 2 ** 28;

/** Longer sounds are refused. */
const MAX_SECONDS = 30;

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
  const pictures = { jpegPixels: MAX_PIXELS, pixels: MAX_PIXELS };
  const contents = createContentDecoder({
    threads,
    pictures,
    texts: { maxBytes: 2 ** 20 },
    sounds: { seconds: MAX_SECONDS },
  });
  const open = new Map<string, Promise<FeatureEncoder>>();
  const openEncoder = async (name: string): Promise<FeatureEncoder> =>
    openFeatureEncoder(await localEncoder(name), contents, threads);
  return {
    ...options,
    openEncoder(name) {
      const found = open.get(name) ?? openEncoder(name);
      open.set(name, found);
      return found;
    },
    readEncoder: localEncoder,
    decoder: createSharpDecoder(pictures),
    cacheDirectory: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'innerloop'),
    createRunner: createObjectiveRunner,
    compile,
    programs,
    readPackage,
    async [Symbol.asyncDispose]() {
      await contents[Symbol.asyncDispose]();
      await programs[Symbol.asyncDispose]();
    },
  };
}
