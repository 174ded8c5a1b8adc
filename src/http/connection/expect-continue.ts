import type { IncomingMessage, ServerResponse } from 'node:http';

/** The requests whose callers wait with the body. */
const waiting = new WeakSet<IncomingMessage>();

/** Whether the caller waits until it is asked for the body. */
export function isBodyHeldBack(request: IncomingMessage): boolean {
  return waiting.has(request);
}

/**
 * Asks a caller that sent `Expect: 100-continue` for its body when the body is first read: a request that is refused before
 * need not send it. The connection of a body that was never asked for is closed, because the caller may still send it.
 *
 * @see RFC 9110, section 10.1.1
 */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { _read: read } = request;
  const { shouldKeepAlive } = response;
  waiting.add(request);
  response.shouldKeepAlive = false;
  request._read = (size) => {
    request._read = read;
    waiting.delete(request);
    // After the answer, Node itself reads the rest of the body.
    if (!response.headersSent) {
      response.shouldKeepAlive = shouldKeepAlive;
      response.writeContinue();
    }
    request._read(size);
  };
}
