import { join } from 'node:path';
import { claimFolder } from '../../adapters/lmdb/folder-lock.ts';
import { createLmdbStateCache } from '../../adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../../adapters/lmdb/task-store.ts';
import { createLocalQueue, type LocalQueueOptions } from '../../adapters/local/local-queue.ts';
import type { Config } from '../../config.ts';
import type { Meter } from '../../ports/telemetry.ts';
import { type Backend, quotaOf } from './backend.ts';
import { makeDataFolder } from './data-folder.ts';
import { openEmbeddedKeyStore } from './keys.ts';

/** Everything in one process and on files alone: no other server is needed. */
export async function openEmbedded(
  config: Config,
  meter: Meter,
  onError: LocalQueueOptions['onError'],
): Promise<Backend> {
  await makeDataFolder(config);
  const claim = claimFolder(config.DATA_DIR);
  const store = createLmdbTaskStore({ path: join(config.DATA_DIR, 'tasks'), quota: quotaOf(config) });
  const cache = createLmdbStateCache({
    path: join(config.DATA_DIR, 'states'),
    maxBytes: config.STATE_CACHE_BYTES,
    meter,
  });
  const keyStore = openEmbeddedKeyStore(config);
  const queue = createLocalQueue({ concurrency: config.ADAPT_THREADS, onError });
  return {
    store,
    cache,
    queue,
    keyStore,
    async [Symbol.asyncDispose]() {
      for (const each of [queue, cache, store, keyStore, claim]) await each[Symbol.asyncDispose]();
    },
  };
}
