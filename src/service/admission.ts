import { InnerloopError } from '../errors.ts';
import type { AdaptationQueue } from '../ports/adaptation-queue.ts';

/** Keeps the queue bounded, requests that are being accepted at this moment included. */
export interface Admission {
  /** Run `accept`. @throws InnerloopError `too_many_queued` when it adds work (not `known`) and the queue is full. */
  admit<T>(known: boolean, accept: () => Promise<T>): Promise<T>;
}

const RETRY_AFTER_SECONDS = 1;

export function createAdmission(queue: AdaptationQueue, maximum: number): Admission {
  let accepting = 0;
  return {
    async admit(known, accept) {
      if (known) return accept();
      accepting += 1;
      try {
        const ahead = (await queue.depth()) + accepting - 1;
        if (ahead >= maximum) {
          throw new InnerloopError(
            'too_many_queued',
            `${ahead} adaptations are waiting already: try again soon`,
            {
              expected: `fewer than ${maximum} waiting`,
              got: String(ahead),
              retryAfterSeconds: RETRY_AFTER_SECONDS,
            },
          );
        }
        return await accept();
      } finally {
        accepting -= 1;
      }
    },
  };
}
