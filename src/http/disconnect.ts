import type { FastifyReply } from 'fastify';

/** Aborts when the client is gone, or `closing` does: when nobody is left to wait for. */
export function untilDisconnect(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, closing]);
}
