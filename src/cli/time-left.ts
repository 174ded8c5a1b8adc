import type { Clock } from '../ports/clock.ts';

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
