import type { Config } from '../../../src/config.ts';
import { type Backend, quotaOf } from '../../../src/main/server/backend.ts';
import { createMemoryQueue, type MemoryQueueOptions } from './adaptation-queue.ts';
import { createMemoryKeyStore } from './key-store.ts';
import { createMemoryStateCache } from './state-cache.ts';
import { createMemoryTaskStore } from './task-store.ts';

/** The specifications of all ports behind the service, as one backend. */
export function openMemoryBackend(config: Config, onError: MemoryQueueOptions['onError']): Backend {
  const queue = createMemoryQueue({ concurrency: config.ADAPT_THREADS, onError });
  return {
    store: createMemoryTaskStore({ quota: quotaOf(config) }),
    cache: createMemoryStateCache({ maxBytes: config.STATE_CACHE_BYTES }),
    queue,
    keyStore: createMemoryKeyStore(),
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}
