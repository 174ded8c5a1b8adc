import type { FastifyReply, FastifyRequest } from 'fastify';

const LINGER_MS = 2000;

/**
 * For an answer given before the body has been read: closing now would reset the connection under a caller who
 * still writes, and lose the answer. So what arrives is thrown away for a while, and then the connection is closed.
 */
export function lingerOnUnreadBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || raw.readableEnded) return;
  // Whether the framework or the caller asked for it: not at once.
  reply.removeHeader('connection');
  reply.raw.shouldKeepAlive = true;
  raw.unpipe();
  raw.resume();
  const close = setTimeout(() => raw.destroy(), LINGER_MS);
  raw.once('close', () => clearTimeout(close));
}
