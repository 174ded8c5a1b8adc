import cliProgress from 'cli-progress';
import type { Clock } from '../../ports/clock.ts';
import type { OutputStream } from '../context.ts';

/** Progress of a long run. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Further facts, e.g. `loss 0.132`, `accuracy 97.1 %`. */
  readonly notes: readonly string[];
}

export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Leaves the last progress on the screen. */
  stop(): void;
}

export interface ProgressOptions {
  readonly name: string;
  readonly stream: OutputStream;
  readonly clock: Clock;
}

const LINE_INTERVAL_MS = 10_000;

/** A progress bar on a terminal. In other streams, such as a log file, one line about every ten seconds. */
export function createProgress(options: ProgressOptions): ProgressDisplay {
  return options.stream.isTTY ? bar(options) : lines(options);
}

function bar({ name, stream, clock }: ProgressOptions): ProgressDisplay {
  const single = new cliProgress.SingleBar(
    {
      stream,
      format: '{name}  {bar}  {value}/{total}  {notes}',
      barsize: 24,
      hideCursor: true,
      // If a line wrapped when the terminal is resized, it could not be overwritten.
      linewrap: false,
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  const timeLeft = timeLeftEstimator(clock);
  let started = false;
  return {
    update({ done, total, notes }) {
      const payload = { name, notes: [...notes, timeLeft(done, total)].join(' · ') };
      if (started) single.update(done, payload);
      else single.start(total, done, payload);
      started = true;
    },
    stop: () => single.stop(),
  };
}

function lines({ name, stream, clock }: ProgressOptions): ProgressDisplay {
  const timeLeft = timeLeftEstimator(clock);
  let lastMs = Number.NEGATIVE_INFINITY;
  let pending: string | null = null;
  const say = (line: string) => {
    stream.write(line);
    lastMs = clock.now().getTime();
    pending = null;
  };
  return {
    update({ done, total, notes }) {
      pending = `${name}  ${done}/${total}  ${[...notes, timeLeft(done, total)].join(' · ')}\n`;
      if (clock.now().getTime() - lastMs >= LINE_INTERVAL_MS) say(pending);
    },
    stop() {
      if (pending !== null) say(pending);
    },
  };
}

/**
 * Estimates how long a run will still take, from the mean speed since the first call. A resumed run does not count the
 * steps of the run before it.
 */
function timeLeftEstimator(clock: Clock): (done: number, total: number) => string {
  let first: { readonly ms: number; readonly done: number } | null = null;
  return (done, total) => {
    const ms = clock.now().getTime();
    first ??= { ms, done };
    const elapsed = ms - first.ms;
    if (done >= total) return `took ${formatDuration(elapsed)}`;
    if (done === first.done) return 'time left unknown';
    return `${formatDuration(((total - done) * elapsed) / (done - first.done))} left`;
  };
}

/** A duration in at most two units: `45 s`, `12 min`, `1 h 05 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${`${minutes % 60}`.padStart(2, '0')} min`;
}
