import { readdirSync, readFileSync } from 'node:fs';

/** Minimum number of file descriptors to reserve for files, threads and connections to Redis. */
const MIN_RESERVE = 96;

/**
 * Maximum number of connections of this process: the setting MAX_CONNECTIONS, but no more than the limit of open files
 * allows. On a system that shows no limit of open files, only the setting counts, and 0 means no limit.
 */
export function connectionLimit(setting: number): number {
  const wanted = setting > 0 ? setting : Number.POSITIVE_INFINITY;
  return Math.min(wanted, roomFor(openFiles()));
}

/**
 * Free descriptors less a reserve of a quarter of them, or of `MIN_RESERVE` if that is more.
 * @see `ulimit -n`, `LimitNOFILE=` of systemd
 */
export function roomFor({ limit, open }: { readonly limit: number; readonly open: number }): number {
  if (!Number.isFinite(limit)) return limit;
  const free = limit - open;
  const reserve = Math.min(Math.max(MIN_RESERVE, free / 4), free / 2);
  return Math.max(1, Math.floor(free - reserve));
}

function openFiles(): { limit: number; open: number } {
  try {
    const [, soft = ''] = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    const limit = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
    return { limit, open: readdirSync('/proc/self/fd').length };
  } catch {
    return { limit: Number.POSITIVE_INFINITY, open: 0 };
  }
}
