import { setTimeout } from 'node:timers/promises';
import { isUnavailable } from '../errors.ts';

const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 2000;
const MAX_TOTAL_WAIT_MS = 60_000;

/**
 * Repeats `work` while it rejects as `unavailable`, with growing waits, for one minute or until `signal` aborts. Then it
 * rejects with the last error. Example: a run that has finished waits until its result can be written.
 */
export async function retryWhileUnavailable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let waited = 0;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, MAX_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      const passes = isUnavailable(error);
      if (!passes || signal.aborted || waited >= MAX_TOTAL_WAIT_MS) throw error;
      await setTimeout(wait, undefined, { signal }).catch(() => undefined);
      waited += wait;
    }
  }
}
