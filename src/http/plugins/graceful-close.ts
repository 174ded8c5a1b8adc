import type { FastifyInstance } from 'fastify';

/**
 * How long a kept-alive connection may stay when closing has begun. A caller that uses it meanwhile is answered, and told
 * to come back on another; closing it at once might cut off a request that is on its way.
 */
const IDLE_GRACE_MS = 1000;
const SWEEP_MS = 50;

/**
 * Lets `app.close()` end in time without failing anybody: no new connection is taken, what waits on an adaptation is
 * released by the returned signal, requests on open connections are served, and connections that stay idle are closed
 * after a while (Node would wait for each to time out).
 *
 * @see https://github.com/fastify/fastify/issues/7044
 */
export function closeGracefully(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  let sweep: NodeJS.Timeout | undefined;
  app.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    closing.abort();
    sweep = setTimeout(() => {
      sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS);
    }, IDLE_GRACE_MS);
  });
  app.addHook('onClose', async () => clearInterval(sweep));
  return closing.signal;
}
