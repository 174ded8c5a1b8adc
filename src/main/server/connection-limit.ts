import { readdirSync, readFileSync } from 'node:fs';

/** Descriptors kept free for files, threads, and connections to Redis: a quarter of what is free, and at least these. */
const MIN_RESERVE = 96;

/**
 * How many connections the process may accept: the setting MAX_CONNECTIONS, but never more than its limit of open files
 * leaves room for. Where the system shows no limit, only the setting counts; 0 is none.
 */
export function connectionLimit(setting: number): number {
  const wanted = setting > 0 ? setting : Number.POSITIVE_INFINITY;
  return Math.min(wanted, roomFor(openFiles()));
}

/** @see `ulimit -n`, `LimitNOFILE=` of systemd */
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
