import { setTimeout } from 'node:timers/promises';
import { isUnavailable } from '../errors.ts';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2000;
const PATIENCE_MS = 60_000;

/**
 * `work`, again while the store is unavailable, for a minute or until `signal` aborts; then it rejects as `work` did. For
 * a run whose result exists and only has to be written down, and for those who follow it, waiting is better than to begin
 * again.
 */
export async function retryWhileUnavailable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let waited = 0;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      const passes = isUnavailable(error);
      if (!passes || signal.aborted || waited >= PATIENCE_MS) throw error;
      await setTimeout(wait, undefined, { signal }).catch(() => undefined);
      waited += wait;
    }
  }
}
