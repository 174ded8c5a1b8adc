import { setTimeout } from 'node:timers/promises';
import type { Service } from '../service.ts';

export interface WorkerOptions {
  /** Average time between two searches for unfinished adaptations. */
  readonly resumeEveryMs: number;
  onError(error: unknown): void;
}

/**
 * Runs accepted adaptations in this process until it is disposed. It also submits unfinished ones again, at once and then
 * at intervals: a process may have died while it ran them, or before it could submit them. The intervals are random, so
 * that many worker processes do not search at the same time. Expired idempotency keys are removed at the same intervals.
 */
export function startWorker(service: Service, { resumeEveryMs, onError }: WorkerOptions): Disposable {
  const stop = new AbortController();
  const { signal } = stop;
  const resubmit = async () => {
    while (!signal.aborted) {
      await service.resubmitUnfinished().catch(onError);
      await service.removeExpiredIdempotencyKeys().catch(onError);
      await setTimeout(resumeEveryMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  };
  service.processAdaptations();
  void resubmit();
  return { [Symbol.dispose]: () => stop.abort() };
}
