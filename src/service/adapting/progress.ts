import type { Adaptation } from '../../domain/adaptation.ts';
import type { Clock } from '../../ports/clock.ts';

/**
 * Losses of the adaptations that run in this process. Their records are written only at intervals. With these losses,
 * readers in this process see each step at once.
 */
export interface Progress {
  /** The caller appends to `losses` during the run, until `done`. */
  start(id: string, losses: readonly number[]): void;
  done(id: string, losses: readonly number[]): void;
  /** The record with the latest losses. */
  latest(record: Adaptation): Adaptation;
}

export function createProgress(): Progress {
  const running = new Map<string, readonly number[]>();
  return {
    start: (id, losses) => void running.set(id, losses),
    done(id, losses) {
      // A cancelled run can end after the next run of the same adaptation has started.
      if (running.get(id) === losses) running.delete(id);
    },
    latest(record) {
      const losses = record.status === 'running' ? running.get(record.id) : undefined;
      return losses && losses.length > record.losses.length ? { ...record, losses: [...losses] } : record;
    },
  };
}

/** Minimum time between two writes of a running record. */
const WRITE_INTERVAL_MS = 100;
/** Time in which steps share one announcement: each announcement makes every follower read the whole record. */
const ANNOUNCE_INTERVAL_MS = 50;

interface ReporterOptions {
  readonly clock: Clock;
  write(losses: readonly number[]): Promise<unknown>;
  announce(): Promise<void>;
}

export interface StepReporter {
  /** Loss before each step so far. */
  readonly losses: readonly number[];
  onStep(loss: number): void;
  /** Resolves when no write is in progress. */
  written(): Promise<unknown>;
  stop(): void;
}

/** Collects the losses of one run, and writes and announces them at intervals. */
export function createStepReporter({ clock, write, announce }: ReporterOptions): StepReporter {
  const losses: number[] = [];
  const now = () => clock.now().getTime();
  let writing: Promise<unknown> = Promise.resolve();
  let writtenAt = now();
  let announcement: NodeJS.Timeout | undefined;
  return {
    losses,
    onStep(loss) {
      losses.push(loss);
      if (now() - writtenAt >= WRITE_INTERVAL_MS) {
        writtenAt = now();
        // Ignore errors: the end of the run writes all losses again.
        writing = write([...losses]).catch(() => undefined);
      }
      // With a timer, because thousands of steps can arrive in one turn of the event loop.
      announcement ??= setTimeout(() => {
        announcement = undefined;
        void announce();
      }, ANNOUNCE_INTERVAL_MS);
    },
    written: () => writing,
    stop: () => clearTimeout(announcement),
  };
}
