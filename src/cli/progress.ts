import cliProgress from 'cli-progress';
import type { Clock } from '../ports/clock.ts';

/** Where a long run stands. */
export interface Standing {
  readonly done: number;
  readonly total: number;
  /** What there is to say of it, e.g. `loss 0.132`, `accuracy 97.1 %`. */
  readonly notes: readonly string[];
}

export interface Progress {
  update(standing: Standing): void;
  /** Leaves the last standing on the screen. */
  stop(): void;
}

export interface ProgressOptions {
  readonly name: string;
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly clock: Clock;
}

const PLAIN_EVERY_MS = 10_000;

/** A bar on a terminal; elsewhere, as in a log file, a line every ten seconds or so. */
export function createProgress(options: ProgressOptions): Progress {
  return options.stream.isTTY ? bar(options) : lines(options);
}

function bar({ name, stream, clock }: ProgressOptions): Progress {
  const single = new cliProgress.SingleBar(
    {
      stream,
      format: '{name}  {bar}  {value}/{total}  {notes}',
      barsize: 24,
      hideCursor: true,
      // A resize in mid-run must not wrap the line, which could not be drawn over again.
      linewrap: false,
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  const timeLeft = untilDone(clock);
  let started = false;
  return {
    update(standing) {
      const { done, total, notes } = standing;
      const payload = { name, notes: [...notes, timeLeft(done, total)].join(' · ') };
      if (started) single.update(done, payload);
      else single.start(total, done, payload);
      started = true;
    },
    stop: () => single.stop(),
  };
}

function lines({ name, stream, clock }: ProgressOptions): Progress {
  const timeLeft = untilDone(clock);
  let lastMs = Number.NEGATIVE_INFINITY;
  let unsaid: string | null = null;
  const say = (line: string) => {
    stream.write(line);
    lastMs = clock.now().getTime();
    unsaid = null;
  };
  return {
    update({ done, total, notes }) {
      unsaid = `${name}  ${done}/${total}  ${[...notes, timeLeft(done, total)].join(' · ')}\n`;
      if (clock.now().getTime() - lastMs >= PLAIN_EVERY_MS) say(unsaid);
    },
    stop() {
      if (unsaid !== null) say(unsaid);
    },
  };
}

/** Options for opening a training that show how far a dataset's pictures are decoded, the one time they are. */
export function decodingProgress({ stderr, clock }: { stderr: ProgressOptions['stream']; clock: Clock }) {
  let progress: Progress | null = null;
  return {
    onProgress(done: number, total: number) {
      progress ??= createProgress({ name: 'decoding pictures', stream: stderr, clock });
      progress.update({ done, total, notes: [] });
      if (done === total) progress.stop();
    },
  };
}

/** Options for opening a training that say each note once, however many splits of a dataset give it. */
export function notes({ stderr }: { stderr: ProgressOptions['stream'] }) {
  const said = new Set<string>();
  return {
    onNote(note: string) {
      if (!said.has(note)) stderr.write(`${note}\n`);
      said.add(note);
    },
  };
}

/**
 * Says how long a run will take yet, from the mean speed since the first call: a resumed run does not count
 * what was done before it.
 */
export function untilDone(clock: Clock): (done: number, total: number) => string {
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

/** The two largest units that matter: `45 s`, `12 min`, `1 h 05 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${`${minutes % 60}`.padStart(2, '0')} min`;
}
