import { type IncomingMessage, maxHeaderSize, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { HEADERS_MS, type Limits } from '../limits.ts';
import { PROBLEM_TYPE, problem } from './problems.ts';
import { statusOf } from './status.ts';

/** An error of the HTTP parser of Node. */
interface ParseError extends Error {
  readonly code?: string;
  /** The error of the parser, such as `Invalid method encountered`. */
  readonly reason?: string;
}

/** What Node keeps at a connection. */
interface ServerSocket extends Socket {
  /** The answer that is being written. */
  readonly _httpMessage?: ServerResponse | null;
  /** `incoming` is the request whose headers were read last. */
  readonly parser?: { readonly incoming: IncomingMessage | null } | null;
}

/**
 * Answers bytes that are not a complete HTTP request. No route sees them; the answer is a problem, as from routes. Then
 * the connection is closed, because what follows in it cannot be read.
 */
export function createAnswerMalformed({ arrivalMs }: Pick<Limits, 'arrivalMs'>) {
  return function answerMalformed(this: Pick<FastifyInstance, 'log'>, error: Error, socket: Socket): void {
    // The caller is gone.
    if ((error as ParseError).code === 'ECONNRESET' || socket.destroyed) return;
    this.log.debug({ err: error }, 'a request cannot be read');
    const { _httpMessage: answer, parser } = socket as ServerSocket;
    const late = parser?.incoming?.complete === false ? 'body' : 'headers';
    // If an answer has begun, another would be read as a part of it.
    if (socket.writable && !answer?.headersSent) socket.write(answerOf(refusalOf(error, late, arrivalMs)));
    socket.destroy(error);
  };
}

/**
 * HTTP/1.1 requires the header, and allows one (RFC 9112, 3.2). Node would refuse a request without it itself, without a
 * reason, and ignore all but the first.
 */
export function requireHost(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers, raw }, _reply, done) => {
    const isMissing = headers.host === undefined && raw.httpVersion === '1.1';
    if (!isMissing && !hasSeveralHosts(raw.rawHeaders)) return done();
    const [expected, got] = ['one Host header', isMissing ? 'none' : 'several'];
    done(new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got }));
  });
}

/** `rawHeaders` has names and values in turn. */
function hasSeveralHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (/^host$/i.test(rawHeaders[i] as string)) hosts++;
  return hosts > 1;
}

/** `late` is the part that is still missing if the time is over. */
function refusalOf(
  { code, reason, message }: ParseError,
  late: 'headers' | 'body',
  arrivalMs: number,
): InnerloopError {
  const refuse = (
    is: 'invalid_request' | 'request_timeout' | 'headers_too_large',
    expected: string,
    got: string,
  ) => new InnerloopError(is, `Expected ${expected}, got ${got}`, { expected, got });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const what = late === 'headers' ? 'all headers' : 'a whole request';
    const within =
      late === 'headers' && HEADERS_MS <= arrivalMs ? `${HEADERS_MS} ms` : `${arrivalMs} ms (MAX_ARRIVAL_MS)`;
    return refuse('request_timeout', `${what} within ${within}`, 'a part');
  }
  if (code === 'HPE_HEADER_OVERFLOW')
    return refuse('headers_too_large', `headers of at most ${maxHeaderSize} bytes`, 'more');
  return refuse('invalid_request', 'an HTTP/1.1 request', reason ?? message);
}

/** The path of the request is not known. */
function answerOf({ code, message, details }: InnerloopError): string {
  const status = statusOf[code];
  const body = JSON.stringify(problem(code, message, '', details));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
