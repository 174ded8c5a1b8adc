import { MAX_WAIT_SECONDS } from '../limits.ts';

/**
 * The seconds of `Prefer: wait=n`, or null if the header has none. Only the first readable `wait` counts: the standard
 * asks servers to ignore preferences that they cannot read.
 *
 * @see RFC 7240, sections 2 and 4.3
 */
export function preferredWaitSeconds(header: string | readonly string[] | undefined): number | null {
  for (const preference of String(header ?? '').split(',')) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference);
    if (match) return Math.min(Number(match[1]), MAX_WAIT_SECONDS);
  }
  return null;
}
