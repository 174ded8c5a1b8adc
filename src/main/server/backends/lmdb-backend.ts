import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { lockFolder } from '../../../adapters/lmdb/folder-lock.ts';
import { createLmdbOutbox } from '../../../adapters/lmdb/outbox.ts';
import { createLmdbStateCache } from '../../../adapters/lmdb/state-cache.ts';
import { createLmdbTaskStore } from '../../../adapters/lmdb/tasks/task-store.ts';
import { createLocalQueue, type LocalQueueOptions } from '../../../adapters/local/local-queue.ts';
import { createWriteProbe } from '../../../adapters/write-probe.ts';
import type { Config } from '../../../config.ts';
import type { Meter } from '../../../ports/telemetry.ts';
import { makeDataFolder } from '../data-folder.ts';
import { openEmbeddedKeyStore } from '../keys.ts';
import { type Backend, quotaOf } from './backend.ts';

/** The backend for a single process, which keeps all data in files. It needs no other server. */
export async function openLmdbBackend(
  config: Config,
  logger: FastifyBaseLogger,
  meter: Meter,
  onError: LocalQueueOptions['onError'],
): Promise<Backend> {
  await makeDataFolder(config);
  const { DATA_DIR: folder } = config;
  const lock = lockFolder(folder);
  const store = createLmdbTaskStore({
    path: join(folder, 'tasks'),
    quota: quotaOf(config),
    onWriteError: (error) => probe.noteFailure(error),
  });
  const probe = createWriteProbe({
    write: store.probeWrites,
    onChange(err) {
      if (err) logger.error({ err, dataDir: folder }, 'DATA_DIR cannot be written to: not ready');
      else logger.info({ dataDir: folder }, 'DATA_DIR can be written to again');
    },
  });
  const cache = createLmdbStateCache({
    path: join(folder, 'states'),
    maxBytes: config.STATE_CACHE_BYTES,
    meter,
  });
  const keyStore = openEmbeddedKeyStore(config);
  const outbox = createLmdbOutbox({ path: join(folder, 'webhooks') });
  const queue = createLocalQueue({ concurrency: config.ADAPT_THREADS, onError });
  return {
    store,
    predictions: store.predictions,
    isShared: false,
    cache,
    queue,
    keyStore,
    outbox,
    checks: { storeWrites: probe.succeeds },
    async [Symbol.asyncDispose]() {
      probe[Symbol.dispose]();
      for (const each of [queue, cache, store, keyStore, outbox, lock]) await each[Symbol.asyncDispose]();
    },
  };
}
