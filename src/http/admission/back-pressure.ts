import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { whenClosed } from '../connection/when-closed.ts';
import type { Limits } from '../limits.ts';
import { watchEventLoop } from './event-loop.ts';
import { Load } from './load.ts';
import { isProbe } from './route-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the route's handler does for it; null until it has begun. */
    work: Promise<unknown> | null;
  }
  interface FastifyContextConfig {
    /** `predictions`: counts among the predictions that may be under way. */
    readonly load?: 'predictions';
  }
}

/** No tenant takes more than one part of so many, of the bytes or of the predictions: others find room. */
const SHARES = 4;

/**
 * Refuses, before any of it is read, what the process could only let wait: beyond a number of predictions under way, beyond
 * the memory that bodies may take together, beyond a tenant's share of either, or when the event loop has fallen behind.
 * Whoever is let in is answered in time.
 */
export async function refuseOverload(
  app: FastifyInstance,
  { bodyBytes, bodiesBytes, predictions: maxPredictions }: Limits,
): Promise<void> {
  const isLate = watchEventLoop(app);
  app.addHook('onRequest', async (request) => {
    if (isLate() && !isProbe(request)) throw overloaded('The server is busy');
  });

  app.decorateRequest('work', null);
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function (request, reply) {
      const result: unknown = handler.call(this, request, reply);
      if (result instanceof Promise) request.work = result;
      return result;
    };
  });

  const all = new Load({ bytes: bodiesBytes, predictions: maxPredictions });
  const share = {
    bytes: Math.floor(bodiesBytes / SHARES),
    predictions: Math.max(1, Math.floor(maxPredictions / SHARES)),
  };
  const shares = new Map<string, Load>();
  /** Who has no key is alone on the machine, and has all of it. */
  const loadsOf = ({ caller }: FastifyRequest): Load[] => {
    if (caller === null || caller.keyId === null) return [all];
    const own = shares.get(caller.tenant) ?? new Load(share);
    shares.set(caller.tenant, own);
    return [own, all];
  };
  app.addHook('onRequest', async (request, reply) => {
    const more = {
      bytes: sizeOf(request, bodyBytes),
      predictions: request.routeOptions.config.load === 'predictions' ? 1 : 0,
    };
    if (more.bytes === 0 && more.predictions === 0) return;
    const loads = loadsOf(request);
    for (const load of loads) {
      const refusal = load.refusal(more);
      if (refusal !== null) throw overloaded(refusal);
    }
    for (const load of loads) load.add(more);
    // Comes in any case; the framework's own hook does not, for a caller who leaves in the middle of a body.
    whenClosed(reply, async () => {
      // Whoever hangs up leaves behind what was begun for it.
      await request.work?.catch(() => undefined);
      for (const load of loads) load.remove(more);
      const tenant = request.caller?.tenant;
      if (tenant !== undefined && shares.get(tenant)?.isIdle) shares.delete(tenant);
    });
  });
}

/** What its body may take; of one that does not say, the most that is read. */
function sizeOf({ headers }: FastifyRequest, bodyBytes: number): number {
  const isSized = headers['transfer-encoding'] === undefined && headers['content-encoding'] === undefined;
  if (!isSized) return bodyBytes;
  return Math.min(Number(headers['content-length'] ?? 0), bodyBytes);
}

function overloaded(message: string): InnerloopError {
  return new InnerloopError('unavailable', `${message}: try again soon`, { retryAfterSeconds: 1 });
}
