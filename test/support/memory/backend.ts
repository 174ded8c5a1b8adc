import type { Config } from '../../../src/config.ts';
import { type Backend, quotaOf } from '../../../src/main/server/backends/backend.ts';
import { createMemoryQueue, type MemoryQueueOptions } from './adaptation-queue.ts';
import { createMemoryKeyStore } from './key-store.ts';
import { createMemoryOutbox } from './outbox.ts';
import { createMemoryStateCache } from './state-cache.ts';
import { createMemoryTaskStore } from './task-store.ts';

/** The reference stores and queue, in the form of a backend that `main` opens. */
export async function openMemoryBackend(
  config: Config,
  _logger: unknown,
  _meter: unknown,
  onError: MemoryQueueOptions['onError'],
): Promise<Backend> {
  const queue = createMemoryQueue({ concurrency: config.ADAPT_THREADS, onError });
  const store = createMemoryTaskStore({ quota: quotaOf(config) });
  return {
    store,
    predictions: store.predictions,
    cache: createMemoryStateCache({ maxBytes: config.STATE_CACHE_BYTES }),
    queue,
    keyStore: createMemoryKeyStore(),
    outbox: createMemoryOutbox(),
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}
