import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { claimFolder } from '../adapters/lmdb/claim-folder.ts';
import { createLmdbStateCache } from '../adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../adapters/lmdb/task-store.ts';
import { createLocalQueue } from '../adapters/local-queue.ts';
import { createOnnxRunner } from '../adapters/onnxruntime/program-runner.ts';
import { createSharpDecoder } from '../adapters/sharp.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import type { Config } from '../config.ts';
import { MAX_ANSWER_NUMBERS, MAX_INPUTS } from '../http/limits.ts';
import { readPackages } from '../package/read.ts';
import type { KeyStore } from '../ports/key-store.ts';
import { createService } from '../service/create-service.ts';
import { createInputDecoder } from '../service/inputs.ts';
import type { Service } from '../service/service.ts';
import { openEmbeddedKeyStore } from './keys.ts';

export interface Embedded extends AsyncDisposable {
  readonly service: Service;
  readonly keyStore: KeyStore;
  /** Takes no more adaptations up; resolves when those that ran are persisted. */
  drain(): Promise<void>;
}

/** The service in one process, on files alone: no other server is needed. */
export async function createEmbedded(config: Config, logger: FastifyBaseLogger): Promise<Embedded> {
  const packages = await readPackages(config.MODELS_DIR);
  await mkdir(config.DATA_DIR, { recursive: true });
  const claim = claimFolder(config.DATA_DIR);
  const onError = (error: unknown) => logger.error({ err: error }, 'adaptation failed');

  const store = createLmdbTaskStore({ path: join(config.DATA_DIR, 'tasks') });
  const cache = createLmdbStateCache({
    path: join(config.DATA_DIR, 'states'),
    maxBytes: config.STATE_CACHE_BYTES,
  });
  const keyStore = openEmbeddedKeyStore(config);
  const queue = createLocalQueue({ concurrency: config.ADAPT_THREADS, onError });
  const runner = createOnnxRunner({
    adaptThreads: config.ADAPT_THREADS,
    predictThreads: config.PREDICT_THREADS,
    stateBytes: config.MEMORY_CACHE_BYTES,
  });
  for (const each of packages) await runner.load(each);

  const service = createService({
    packages,
    store,
    cache,
    queue,
    runner,
    clock: createSystemClock(),
    decodeInput: createInputDecoder(createSharpDecoder()),
    limits: { queued: config.MAX_QUEUED, inputs: MAX_INPUTS, numbers: MAX_ANSWER_NUMBERS },
    onError,
  });
  return {
    service,
    keyStore,
    drain: () => queue.drain(),
    async [Symbol.asyncDispose]() {
      for (const each of [queue, runner, cache, store, keyStore, claim]) await each[Symbol.asyncDispose]();
    },
  };
}
