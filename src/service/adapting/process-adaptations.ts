import { setTimeout } from 'node:timers/promises';
import { InnerloopError } from '../../errors.ts';
import type { Service } from '../service.ts';

export interface WorkerOptions {
  /** Average time between two searches for unfinished adaptations. */
  readonly resumeEveryMs: number;
  /** `work` says what has failed: `resuming unfinished adaptations`. An outage of the store is reported once. */
  onError(error: unknown, work: string): void;
}

/** The average time between two searches for deletions of tenants. */
const DELETIONS_EVERY_MS = 2000;

/**
 * Runs accepted adaptations in this process until it is disposed. It also submits unfinished ones again, at once and then
 * at intervals: a process may have died while it ran them, or before it could submit them. The intervals are random, so
 * that many worker processes do not search at the same time. At the same intervals it removes expired idempotency keys and kept
 * predictions, and adapts tasks to feedback that is due. Deletions of tenants are finished sooner, because the command line
 * waits for them.
 */
export function startWorker(service: Service, { resumeEveryMs, onError }: WorkerOptions): Disposable {
  const stop = new AbortController();
  const { signal } = stop;
  const repeat = async (everyMs: number, work: () => Promise<void>) => {
    while (!signal.aborted) {
      await work();
      await setTimeout(everyMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  };
  let isStoreAway = false;
  const attempt = async (name: string, work: () => Promise<unknown>) => {
    try {
      await work();
      isStoreAway = false;
    } catch (error) {
      const isAnother = !(isStoreAway && isUnavailable(error));
      isStoreAway = isUnavailable(error);
      if (isAnother) onError(error, name);
    }
  };
  service.processAdaptations();
  void repeat(resumeEveryMs, async () => {
    await attempt('resuming unfinished adaptations', service.resubmitUnfinished);
    await attempt('removing expired idempotency keys', service.removeExpiredIdempotencyKeys);
    await attempt('adapting to feedback', service.resumeFeedback);
    await attempt('removing expired predictions', service.removeExpiredPredictions);
  });
  void repeat(Math.min(resumeEveryMs, DELETIONS_EVERY_MS), () =>
    attempt('deleting tenants', service.resumeDeletions),
  );
  return { [Symbol.dispose]: () => stop.abort() };
}

const isUnavailable = (error: unknown) => error instanceof InnerloopError && error.code === 'unavailable';
