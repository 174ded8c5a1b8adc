import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import type { Service } from '../../service/service.ts';

/**
 * How long requests are still accepted after closing has begun: a load balancer needs some time to see that the process is
 * not ready any more. Closing at once would cut off requests that are on their way.
 */
const GRACE_MS = 1000;
const SWEEP_MS = 50;

/**
 * Lets `app.close()` end in time without failing a request. The returned signal aborts when closing begins: requests that
 * wait on an adaptation end then, and readiness becomes false. After the grace no connection is accepted, and idle ones are
 * closed (Node would wait for each to time out). Answers from then on close their connection.
 *
 * @see https://github.com/fastify/fastify/issues/7044
 */
export function closeGracefully(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  // Each waiting request adds a listener.
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

/** The service, but not ready once `closing` has aborted. */
export function readyUntil(closing: AbortSignal, service: Service): Service {
  return {
    ...service,
    async readiness() {
      const { ready, checks, ...more } = await service.readiness();
      const stays = !closing.aborted;
      return { ...more, ready: ready && stays, checks: { ...checks, stays } };
    },
  };
}
