import type { AbortReason, AdaptationQueue, AdaptationRef } from '../../../src/ports/adaptation-queue.ts';

interface Run {
  readonly ref: AdaptationRef;
  readonly abort: AbortController;
  isCancelled: boolean;
  isSubmittedAgain: boolean;
}

type Handler = (ref: AdaptationRef, signal: AbortSignal) => Promise<void>;

const keyOf = ({ tenant, task, id }: AdaptationRef) => JSON.stringify([tenant, task, id]);

export interface MemoryQueueOptions {
  /** The number of adaptations that run at the same time. */
  readonly concurrency: number;
  /** Called with the errors of handlers. */
  onError(error: unknown, ref: AdaptationRef): void;
}

/**
 * A reference implementation of `AdaptationQueue`. The next adaptation is the first waiting one of the tenant that
 * has started least recently. If a handler rejects, its adaptation is delivered again, after the waiting ones.
 */
export function createMemoryQueue({ concurrency, onError }: MemoryQueueOptions): AdaptationQueue {
  let handler: Handler | null = null;
  let isDraining = false;
  let waiting: readonly AdaptationRef[] = [];
  const runs = new Map<Run, Promise<void>>();
  /** The number of the latest start of each tenant. */
  const started = new Map<string, number>();
  let starts = 0;
  const listeners = new Set<{ readonly key: string; readonly listener: () => void }>();

  const running = (ref: AdaptationRef) =>
    [...runs.keys()].find((run) => !run.isCancelled && keyOf(run.ref) === keyOf(ref));
  const wait = (ref: AdaptationRef) => {
    if (!waiting.some((each) => keyOf(each) === keyOf(ref))) waiting = [...waiting, ref];
  };

  async function deliver(run: Run, handle: Handler): Promise<void> {
    let isDelivered = true;
    try {
      await handle(run.ref, run.abort.signal);
    } catch (error) {
      isDelivered = false;
      onError(error, run.ref);
      // A handler that always rejects must not block the event loop.
      await new Promise((resolve) => void setImmediate(resolve));
    }
    runs.delete(run);
    if (!run.isCancelled && (run.isSubmittedAgain || !isDelivered)) wait(run.ref);
    startNext();
  }

  function startNext(): void {
    while (handler && !isDraining && runs.size < concurrency) {
      const since = ({ tenant }: AdaptationRef) => started.get(tenant) ?? 0;
      const [next] = waiting.toSorted((a, b) => since(a) - since(b));
      if (!next) return;
      waiting = waiting.filter((each) => each !== next);
      started.set(next.tenant, ++starts);
      const run: Run = {
        ref: next,
        abort: new AbortController(),
        isCancelled: false,
        isSubmittedAgain: false,
      };
      runs.set(run, Promise.resolve());
      runs.set(run, deliver(run, handler));
    }
  }

  async function drain(): Promise<void> {
    isDraining = true;
    for (const { abort } of runs.keys()) abort.abort('shutdown' satisfies AbortReason);
    await Promise.all(runs.values());
  }

  return {
    async submit(ref) {
      const run = running(ref);
      if (run) run.isSubmittedAgain = true;
      else wait(ref);
      startNext();
    },
    process(given) {
      handler = given;
      startNext();
    },
    leaveToOthers: async () => false,
    async cancel(ref) {
      waiting = waiting.filter((each) => keyOf(each) !== keyOf(ref));
      const run = running(ref);
      if (!run) return;
      run.isCancelled = true;
      run.abort.abort('cancelled' satisfies AbortReason);
    },
    depth: async () => waiting.length + runs.size,
    async announce(ref) {
      for (const { key, listener } of [...listeners]) if (key === keyOf(ref)) listener();
    },
    subscribe(ref, listener) {
      const entry = { key: keyOf(ref), listener };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    drain,
    [Symbol.asyncDispose]: drain,
  };
}
