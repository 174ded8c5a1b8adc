/** Lets work in the background wait until no other work runs, so that it delays none. */
export interface Quiet {
  /** Runs work that must not be delayed. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no such work has run for 50 ms, after 2 s at the latest, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
}

/** Longer than the pause between two calls of a client that waits for each answer. */
const QUIET_MS = 50;
/** So that constant load does not stop all work in the background. */
const MAX_WAIT_MS = 2000;

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

    async wait(signal) {
      const latest = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const now = performance.now();
        const remaining = running > 0 ? QUIET_MS : endedAt + QUIET_MS - now;
        if (remaining <= 0 || now >= latest || signal.aborted) return;
        await pause(Math.min(remaining, latest - now), signal);
      }
    },
  };
}

/** Resolves after `ms`, or when `signal` aborts. */
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
