import type { FastifyReply } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { whenClosed } from './when-closed.ts';

/** The reason of a disconnect signal. No caller gets it. */
export const disconnectedError = () => new InnerloopError('invalid_request', 'The caller has disconnected');

/** Aborts when the client disconnects before it has the whole answer. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  whenClosed(reply, () => {
    // Every answer closes in the end. Making an error is slow, so only make one if the client did disconnect.
    if (!reply.raw.writableFinished) gone.abort(disconnectedError());
  });
  return gone.signal;
}

/**
 * Aborts with `gone` or with `closing`, until the answer has closed. `AbortSignal.any` would leak memory: it keeps something
 * of each request at `closing`, which outlives the requests.
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
