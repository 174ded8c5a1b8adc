export interface Load {
  /** Resolves when what is under way has ended. Rejects with what `work` has rejected with. */
  stop(): Promise<void>;
}

/** `work` again and again, on so many lanes side by side. It is told which time it is, over all lanes. */
export function load(lanes: number, work: (n: number) => Promise<void>): Load {
  let n = 0;
  let stopped = false;
  const lane = async () => {
    while (!stopped) await work(n++);
  };
  const running = Promise.all(Array.from({ length: lanes }, lane));
  // It is asked for at the end; a failure before is no unhandled one.
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
