import type { Config } from '../../../config.ts';
import type { Quota } from '../../../domain/usage.ts';
import type { AdaptationQueue } from '../../../ports/adaptation-queue.ts';
import type { KeyStore } from '../../../ports/stores/key-store.ts';
import type { PredictionStore } from '../../../ports/stores/prediction-store.ts';
import type { RequestCounter } from '../../../ports/stores/request-counter.ts';
import type { StateCache } from '../../../ports/stores/state-cache.ts';
import type { TaskStore } from '../../../ports/stores/task-store.ts';
import type { Outbox } from '../../../ports/webhooks/outbox.ts';

/** A complete set of adapters for data that outlives a request. Disposal closes them, the queue first. */
export interface Backend extends AsyncDisposable {
  readonly store: TaskStore;
  readonly predictions: PredictionStore;
  /** Whether other processes may use the store. Default: true. */
  readonly isShared?: boolean;
  readonly cache: StateCache;
  readonly queue: AdaptationQueue;
  readonly keyStore: KeyStore;
  readonly outbox: Outbox;
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
