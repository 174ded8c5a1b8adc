import type { Config } from '../../config.ts';
import type { Quota } from '../../domain/usage.ts';
import type { AdaptationQueue } from '../../ports/adaptation-queue.ts';
import type { KeyStore } from '../../ports/key-store.ts';
import type { RequestCounter } from '../../ports/request-counter.ts';
import type { StateCache } from '../../ports/state-cache.ts';
import type { TaskStore } from '../../ports/task-store.ts';

/** A complete set of adapters for data that outlives a request. Disposal closes them, the queue first. */
export interface Backend extends AsyncDisposable {
  readonly store: TaskStore;
  /** Whether other processes may use the store. Default: true. */
  readonly isShared?: boolean;
  readonly cache: StateCache;
  readonly queue: AdaptationQueue;
  readonly keyStore: KeyStore;
  /** Counts the requests of all processes. Absent: each process counts its own requests. */
  readonly requestCounter?: RequestCounter;
  /** More readiness checks, by name. */
  readonly checks?: Readonly<Record<string, () => boolean | Promise<boolean>>>;
}

export function quotaOf(config: Config): Quota {
  return {
    tasks: config.MAX_TASKS,
    examples: config.MAX_STORED_EXAMPLES,
    bytes: config.MAX_STORED_BYTES,
    queued: config.MAX_QUEUED,
  };
}
