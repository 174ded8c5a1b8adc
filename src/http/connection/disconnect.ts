import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { InnerloopError } from '../../errors.ts';

/** The abort reason of a disconnect signal. It is never sent: the caller has gone. */
export const disconnectedError = () => new InnerloopError('invalid_request', 'The caller has disconnected');

/** Aborts when the client disconnects before it has the whole answer. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  whenClosed(reply, () => {
    // Every answer closes in the end, so check that it was cut off. Creating an Error is slow.
    if (!reply.raw.writableFinished) gone.abort(disconnectedError());
  });
  return gone.signal;
}

/**
 * Aborts when `gone` or `closing` aborts, until the answer has closed. `AbortSignal.any` would leak memory: `closing`
 * outlives the requests, and would keep a reference for each of them.
 */
export function eitherSignal(gone: AbortSignal, closing: AbortSignal, reply: FastifyReply): AbortSignal {
  const either = new AbortController();
  const abort = () => either.abort();
  if (gone.aborted || closing.aborted) abort();
  else {
    gone.addEventListener('abort', abort);
    closing.addEventListener('abort', abort);
    whenClosed(reply, () => closing.removeEventListener('abort', abort));
  }
  return either.signal;
}

/**
 * The callbacks of each connection. A socket needs only one listener for all requests that came over it. Lists, because V8 makes
 * a new table for a set after every few additions, and keeps the old ones and what they refer to until a major collection.
 */
const callbacks = new WeakMap<Socket, (() => void)[]>();

/**
 * Calls `then` once, when the answer or its connection closes. If one of them has already closed, calls it at once. The
 * event `close` of the answer is not enough: if requests are pipelined and the connection ends, Node emits that event only
 * for the answer that is being written, not for the answers after it.
 */
export function whenClosed({ raw, request }: FastifyReply, then: () => unknown): void {
  const { socket } = request.raw;
  if (raw.closed || socket.destroyed) {
    then();
    return;
  }
  const pending = callbacks.get(socket) ?? listenTo(socket);
  const close = () => {
    raw.off('close', close);
    const at = pending.indexOf(close);
    if (at < 0) return;
    pending.splice(at, 1);
    then();
  };
  raw.once('close', close);
  pending.push(close);
}

function listenTo(socket: Socket): (() => void)[] {
  const all: (() => void)[] = [];
  callbacks.set(socket, all);
  socket.once('close', () => {
    for (const close of [...all]) close();
  });
  return all;
}
