export interface Load {
  /** Stops. Resolves when the calls in progress have ended; rejects if a call of `work` has failed. */
  stop(): Promise<void>;
}

/** Calls `work` repeatedly, with `concurrency` calls at a time. `n` is the number of the call. */
export function load(concurrency: number, work: (n: number) => Promise<void>): Load {
  let n = 0;
  let stopped = false;
  const loop = async () => {
    while (!stopped) await work(n++);
  };
  const running = Promise.all(Array.from({ length: concurrency }, loop));
  // `stop` reports a failure. Until then, it must not count as an unhandled rejection.
  running.catch(() => {
    stopped = true;
  });
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
}
