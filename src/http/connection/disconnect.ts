import type { FastifyReply } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { whenClosed } from './when-closed.ts';

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
