import { MAX_WAIT_SECONDS } from '../limits.ts';

/**
 * Seconds of `Prefer: wait=n` that will be honoured, or null without such a preference. A preference that cannot
 * be read is ignored, as the standard asks; the first one counts.
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
