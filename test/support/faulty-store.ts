import { setTimeout } from 'node:timers/promises';
import { InnerloopError } from '../../src/errors.ts';
import type { TaskStore } from '../../src/ports/task-store.ts';
import { createRandom } from '../../src/training/random.ts';

export interface Faults {
  readonly seed: number;
  /** Of all calls, the part that meets each fault. */
  readonly rate: number;
  readonly delayMs: number;
}

/** What was done to calls: none of it can be told apart by the caller. */
export interface FaultCounts {
  calls: number;
  /** Refused at once, and not done. */
  failed: number;
  /** Refused after a while, and not done. */
  timedOut: number;
  /** Done, and refused all the same. */
  doneAndRefused: number;
}

export interface FaultyStore extends TaskStore {
  readonly counts: FaultCounts;
}

/** `store` behind a bad line: any method may be `unavailable`, whether it was done or not. */
export function faultyStore(store: TaskStore, { seed, rate, delayMs }: Faults): FaultyStore {
  const random = createRandom(seed);
  const counts: FaultCounts = { calls: 0, failed: 0, timedOut: 0, doneAndRefused: 0 };
  const unavailable = () => new InnerloopError('unavailable', 'A fault', { retryAfterSeconds: 1 });

  const faulty = <Args extends unknown[], Result>(method: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      counts.calls += 1;
      const fate = random.uniform() / rate;
      if (fate < 1) {
        counts.failed += 1;
        throw unavailable();
      }
      if (fate < 2) {
        counts.timedOut += 1;
        await setTimeout(delayMs);
        throw unavailable();
      }
      const result = await method(...args);
      if (fate >= 3) return result;
      counts.doneAndRefused += 1;
      await setTimeout(delayMs);
      throw unavailable();
    };
  };
  return {
    counts,
    task: faulty(store.task),
    tasks: faulty(store.tasks),
    current: faulty(store.current),
    putTask: faulty(store.putTask),
    deleteTask: faulty(store.deleteTask),
    accept: faulty(store.accept),
    adaptation: faulty(store.adaptation),
    adaptations: faulty(store.adaptations),
    supportSet: faulty(store.supportSet),
    update: faulty(store.update),
    unfinished: faulty(store.unfinished),
    usage: faulty(store.usage),
    acceptedUnder: faulty(store.acceptedUnder),
    removeExpiredKeys: faulty(store.removeExpiredKeys),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
