import type { FastifyReply } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { whenClosed } from './when-closed.ts';

/** For whom nobody is left to be told. */
export const hungUp = () => new InnerloopError('invalid_request', 'The caller has hung up');

/** Aborts when the client is gone before it has its answer: when nobody is left to answer. */
export function untilDisconnect(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  whenClosed(reply, () => {
    // Every answer closes in the end; an error costs more than most of what comes before it.
    if (!reply.raw.writableFinished) gone.abort(hungUp());
  });
  return gone.signal;
}

/**
 * Aborts with `gone` or with `closing`, until the answer has closed. `AbortSignal.any` would leave a trace of each request on
 * `closing`, which outlives them all.
 */
export function orClosing(gone: AbortSignal, closing: AbortSignal, reply: FastifyReply): AbortSignal {
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
