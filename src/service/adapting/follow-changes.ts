import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';

/**
 * Yields once at first, and again after changes were announced, until `signal` aborts. Announcements made while the
 * consumer is busy are one: it reads the record as it stands anyway.
 */
export async function* followChanges(
  queue: AdaptationQueue,
  ref: AdaptationRef,
  signal: AbortSignal,
): AsyncGenerator<void, void, void> {
  let changed = true;
  let wake = () => {};
  const tell = () => {
    changed = true;
    wake();
  };
  const unsubscribe = queue.subscribe(ref, tell);
  signal.addEventListener('abort', tell);
  try {
    while (!signal.aborted) {
      if (changed) {
        changed = false;
        yield;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', tell);
  }
}
