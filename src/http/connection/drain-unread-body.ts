import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { dropExpectation } from './expect-continue.ts';

const DRAIN_MS = 2000;

/**
 * Reads and drops the rest of the body for a short time, and then closes the connection. If the connection were closed at
 * once, a caller that still writes would get a connection reset instead of the answer.
 */
export function drainUnreadBody({ raw, headers }: FastifyRequest, reply: FastifyReply): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (raw.readableEnded || !hasBody) return;
  dropExpectation(raw);
  // The parser of a form may have left a listener for `readable`. With it, `data` would not flow.
  raw.removeAllListeners('readable');
  raw.unpipe();
  // All of the body has arrived, but its stream ends only when it is read.
  if (raw.complete) {
    raw.resume();
    return;
  }
  // The framework or the caller may have asked to close the connection: not before the body ends.
  const { raw: answer } = reply;
  const isLast = !answer.shouldKeepAlive || reply.getHeader('connection') === 'close';
  reply.removeHeader('connection');
  answer.shouldKeepAlive = true;
  raw.on('data', () => undefined);
  raw.resume();
  const close = setTimeout(() => raw.destroy(), DRAIN_MS);
  raw.once('close', () => clearTimeout(close));
  raw.once('end', () => {
    // An injected request has no connection to end.
    if (isLast) whenSent(answer, () => raw.socket.end?.());
  });
}

function whenSent(answer: ServerResponse, then: () => void): void {
  if (answer.writableFinished) then();
  else answer.once('finish', then);
}
