import type { FastifyInstance } from 'fastify';
import { InnerloopError } from '../../errors.ts';

/**
 * Lets `app.close()` end in time: what waits on an adaptation is released by the returned signal, requests that
 * come after are told to go elsewhere, and kept-alive connections are closed as they fall idle (Node would wait
 * for each to time out).
 *
 * @see https://github.com/fastify/fastify/issues/7044
 */
export function closeGracefully(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  let sweep: NodeJS.Timeout | undefined;
  app.addHook('onRequest', async () => {
    if (closing.signal.aborted) {
      throw new InnerloopError('unavailable', 'The server is shutting down', { retryAfterSeconds: 1 });
    }
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    closing.abort();
    sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  });
  app.addHook('onClose', async () => clearInterval(sweep));
  return closing.signal;
}
