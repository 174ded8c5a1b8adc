import { setTimeout } from 'node:timers/promises';
import { InnerloopError } from '../../src/errors.ts';
import type { TaskStore } from '../../src/ports/stores/task-store.ts';
import { createRandom } from '../../src/training/random.ts';

export interface Faults {
  readonly seed: number;
  /** The fraction of calls that get each fault. */
  readonly rate: number;
  readonly delayMs: number;
}

/** The number of calls with each fault. The caller cannot distinguish these faults. */
export interface FaultCounts {
  calls: number;
  /** Refused at once, and not executed. */
  failed: number;
  /** Refused after a delay, and not executed. */
  timedOut: number;
  /** Executed, but reported as refused. */
  doneAndRefused: number;
}

export interface FaultyStore extends TaskStore {
  readonly counts: FaultCounts;
}

/** `store` behind an unreliable connection: any call may fail as `unavailable`, whether it was executed or not. */
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
    deleteTenant: faulty(store.deleteTenant),
    accept: faulty(store.accept),
    adaptation: faulty(store.adaptation),
    adaptations: faulty(store.adaptations),
    supportSet: faulty(store.supportSet),
    contents: faulty(store.contents),
    features: faulty(store.features),
    putFeatures: faulty(store.putFeatures),
    update: faulty(store.update),
    putReport: faulty(store.putReport),
    editExamples: faulty(store.editExamples),
    feedbackDue: faulty(store.feedbackDue),
    planExamples: faulty(store.planExamples),
    activate: faulty(store.activate),
    contentSizes: faulty(store.contentSizes),
    featureWindow: faulty(store.featureWindow),
    addAsked: faulty(store.addAsked),
    putAlarm: faulty(store.putAlarm),
    deleteFeatureWindow: faulty(store.deleteFeatureWindow),
    driftDue: faulty(store.driftDue),
    unfinished: faulty(store.unfinished),
    usage: faulty(store.usage),
    packagesInUse: faulty(store.packagesInUse),
    acceptedUnder: faulty(store.acceptedUnder),
    removeExpiredIdempotencyKeys: faulty(store.removeExpiredIdempotencyKeys),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
