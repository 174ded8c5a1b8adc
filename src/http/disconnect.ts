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
