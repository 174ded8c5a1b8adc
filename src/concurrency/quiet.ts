/** Lets work in the background wait until no other work runs, so that it delays none. */
export interface Quiet {
  /** Runs work that must not be delayed. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Resolves when no such work has run for 50 ms, when `signal` aborts, or at `latest` at the latest (as `performance.now`, in ms).
   */
  wait(signal: AbortSignal, latest: number): Promise<void>;
}

/** Longer than the pause between two calls of a client that waits for each answer. */
const QUIET_MS = 50;

export function createQuiet(): Quiet {
  let running = 0;
  let endedAt = Number.NEGATIVE_INFINITY;
  return {
    async during(work) {
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
        endedAt = performance.now();
      }
    },

    async wait(signal, latest) {
      while (!signal.aborted) {
        const now = performance.now();
        const untilQuiet = running > 0 ? QUIET_MS : endedAt + QUIET_MS - now;
        const remaining = Math.min(untilQuiet, latest - now);
        if (remaining <= 0) return;
        await pause(remaining, signal);
      }
    },
  };
}

/** Resolves after `ms`, or when `signal` aborts. Not with `node:timers/promises`: tests can fake the global timers only. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
