import { setTimeout } from 'node:timers/promises';
import type { Service } from '../service.ts';

export interface WorkerOptions {
  /** How often to look for what is unfinished. */
  readonly resumeEveryMs: number;
  onError(error: unknown): void;
}

/**
 * Runs accepted adaptations, and looks for unfinished ones now and then: a process that died may have left some, and what a
 * store has done and denied was never submitted. The first look begins at once, so that where the store is at hand what
 * was left keeps its place before what comes; the others at times of its own, so that many workers do not look at once. Idempotency keys that have expired are removed with it.
 */
export function startWorker(service: Service, { resumeEveryMs, onError }: WorkerOptions): Disposable {
  const stop = new AbortController();
  const { signal } = stop;
  const look = async () => {
    while (!signal.aborted) {
      await service.resubmitUnfinished().catch(onError);
      await service.removeExpiredKeys().catch(onError);
      await setTimeout(resumeEveryMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  };
  service.processAdaptations();
  void look();
  return { [Symbol.dispose]: () => stop.abort() };
}
