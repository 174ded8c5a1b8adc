import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * The body of a request. Null if its connection ends first: nobody waits for an answer then. It does not reject, because a
 * handler that rejects after the end of its test would fail the whole run.
 */
export async function bodyOf(request: IncomingMessage): Promise<string | null> {
  return text(request).catch(() => null);
}
