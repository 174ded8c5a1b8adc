import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import type { Service } from '../../service/service.ts';

/**
 * Requests are accepted for this time after closing has begun. A load balancer needs some time to see that the process is
 * no longer ready; until then it sends requests.
 */
const GRACE_MS = 1000;
const SWEEP_MS = 50;

/**
 * Lets `app.close()` end in time without failing a request. The returned signal aborts when closing begins. Then requests
 * that wait for an adaptation end, readiness becomes false, and each answer closes its connection. After `GRACE_MS`, no
 * connection is accepted, and idle connections are closed (Node would wait until each times out).
 *
 * @see https://github.com/fastify/fastify/issues/7044
 */
export function closeGracefully(app: FastifyInstance): AbortSignal {
  const closing = new AbortController();
  // Each waiting request adds a listener.
  setMaxListeners(0, closing.signal);
  let sweep: NodeJS.Timeout | undefined;
  const open = new Set<Socket>();
  app.server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const closeIdle = () => {
    app.server.closeIdleConnections();
    // Browsers and other clients open connections in advance. Node counts one as idle only after its first request.
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing.signal.aborted) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('preClose', async () => {
    const { server } = app;
    const connections = await promisify(server.getConnections.bind(server))();
    closing.abort();
    if (connections > 0) await setTimeout(GRACE_MS);
    sweep = setInterval(closeIdle, SWEEP_MS);
  });
  app.addHook('onClose', async () => clearInterval(sweep));
  return closing.signal;
}

/** The same service, except that its readiness is false after `closing` has aborted. */
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
