import { isUnavailable } from '../../errors.ts';
import type { Deliverer } from './deliver.ts';

interface Parts {
  readonly round: Deliverer['round'];
  onError(error: unknown): void;
}

/** Other processes add messages, and repeated ones fall due, so look this often. */
const LOOK_EVERY_MS = 1000;

/** Repeats `round`: every second, at once after `wake`, and when a tenant's messages are sent, because more may be due. */
export function createDeliveryLoop({ round, onError }: Parts) {
  let isAwake = false;
  let endSleep = () => {};
  const wake = () => {
    isAwake = true;
    endSleep();
  };
  // A store that cannot be reached is reported elsewhere.
  const report = (error: unknown) => {
    if (!isUnavailable(error)) onError(error);
  };

  async function sleep(): Promise<void> {
    if (isAwake) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS).unref();
      endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(stop: AbortSignal, inProgress: Set<Promise<void>>): Promise<void> {
    while (!stop.aborted) {
      isAwake = false;
      for (const work of await round().catch(nothing)) {
        const done = work.then(wake, report).finally(() => inProgress.delete(done));
        inProgress.add(done);
      }
      await sleep();
    }
  }

  function nothing(error: unknown): readonly Promise<void>[] {
    report(error);
    return [];
  }

  return {
    wake,
    start(): AsyncDisposable {
      const stop = new AbortController();
      const inProgress = new Set<Promise<void>>();
      const running = run(stop.signal, inProgress);
      return {
        async [Symbol.asyncDispose]() {
          stop.abort();
          wake();
          await running;
          await Promise.all(inProgress);
        },
      };
    },
  };
}
