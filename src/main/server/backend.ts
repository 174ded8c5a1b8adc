import type { Redis } from 'ioredis';
import type { Config } from '../../config.ts';
import type { Quota } from '../../domain/usage.ts';
import type { AdaptationQueue } from '../../ports/adaptation-queue.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import type { StateCache } from '../../ports/state-cache.ts';
import type { TaskStore } from '../../ports/task-store.ts';

/** One complete set of adapters for what must outlive a request. Disposal closes them, the queue first. */
export interface Backend extends AsyncDisposable {
  readonly store: TaskStore;
  readonly cache: StateCache;
  readonly queue: AdaptationQueue;
  readonly keyStore: KeyStore;
  /** Where requests of all processes are counted. */
  readonly counters?: Redis;
  /** What readiness asks besides. */
  readonly checks?: Readonly<Record<string, () => boolean>>;
}

export function quotaOf(config: Config): Quota {
  return {
    tasks: config.MAX_TASKS,
    examples: config.MAX_STORED_EXAMPLES,
    bytes: config.MAX_STORED_BYTES,
    queued: config.MAX_QUEUED,
  };
}
