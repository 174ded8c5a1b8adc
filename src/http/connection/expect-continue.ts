import type { IncomingMessage, ServerResponse } from 'node:http';

/** Each request that waits for `100 Continue`, with its original `_read`. */
const originalRead = new WeakMap<IncomingMessage, IncomingMessage['_read']>();

/**
 * Asks a caller that sent `Expect: 100-continue` for its body when the body is first read: a request that is refused before
 * need not send it.
 *
 * @see RFC 9110, section 10.1.1
 */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { _read: read } = request;
  originalRead.set(request, read);
  // Otherwise Node closes the connection after an answer without `100`, also under a caller that is sending.
  Object.assign(response, { _expect_continue: false });
  request._read = (size) => {
    dropExpectation(request);
    // After the answer, Node itself reads the rest of the body.
    if (!response.headersSent) response.writeContinue();
    request._read(size);
  };
}

/** The body may be read without asking for it. A caller need not have waited. */
export function dropExpectation(request: IncomingMessage): void {
  const read = originalRead.get(request);
  if (read) request._read = read;
  originalRead.delete(request);
}
