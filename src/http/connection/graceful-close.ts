import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';

/**
 * How long those who are connected when closing begins are still served, and others let in: so long may it take a balancer
 * to hear that this process is not ready any more. To close at once would cut off requests that are on their way.
 */
const GRACE_MS = 1000;
const SWEEP_MS = 50;

/**
 * Lets `app.close()` end in time without failing anybody: what waits on an adaptation is released by the returned signal,
 * which readiness should heed; after the grace nobody is let in; and connections that idle are closed from then on (Node
 * would wait for each to time out). Answers given meanwhile tell the caller to come back on another connection.
 *
 * @see https://github.com/fastify/fastify/issues/7044
 */
export function closeGracefully(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  // Each request that waits for something listens.
  setMaxListeners(0, closing.signal);
  let sweep: NodeJS.Timeout | undefined;
  app.addHook('onSend', async (_request, reply) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    const { server } = app;
    const connections = await promisify(server.getConnections.bind(server))();
    closing.abort();
    if (connections > 0) await setTimeout(GRACE_MS);
    sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  });
  app.addHook('onClose', async () => clearInterval(sweep));
  return closing.signal;
}
