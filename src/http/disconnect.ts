import type { FastifyReply } from 'fastify';
import { InnerloopError } from '../errors.ts';

/** Aborts when the client is gone before it has its answer: when nobody is left to answer. */
export function untilDisconnect({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const leave = () => {
    // Every answer closes in the end; an error costs more than most of what comes before it.
    if (!raw.writableFinished) gone.abort(new InnerloopError('invalid_request', 'The caller has hung up'));
  };
  // It may have gone before anyone listened, while the last of its body was read.
  if (raw.closed) leave();
  else raw.once('close', leave);
  return gone.signal;
}

/**
 * Aborts with `gone` or with `closing`, until the answer has closed. `AbortSignal.any` would leave a trace of each request on
 * `closing`, which outlives them all.
 */
export function orClosing(gone: AbortSignal, closing: AbortSignal, { raw }: FastifyReply): AbortSignal {
  const either = new AbortController();
  const abort = () => either.abort();
  if (gone.aborted || closing.aborted || raw.closed) abort();
  else {
    gone.addEventListener('abort', abort);
    closing.addEventListener('abort', abort);
    raw.once('close', () => closing.removeEventListener('abort', abort));
  }
  return either.signal;
}
