import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { FILES_HELD } from '../bodies/forms/forms.ts';
import { kindOfBody } from '../bodies/kinds.ts';
import { whenClosed } from '../connection/disconnect.ts';
import type { Limits } from '../limits.ts';
import { watchEventLoop } from './event-loop.ts';
import { isProbe } from './route-access.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The promise of the route's handler; null before the handler runs. */
    work: Promise<unknown> | null;
  }
  interface FastifyContextConfig {
    /** `predictions`: the request counts as a prediction in progress. */
    readonly load?: 'predictions';
  }
}

/** One tenant may use at most 1/TENANT_SHARES of the bytes and of the predictions, so that other tenants can be served. */
const TENANT_SHARES = 4;

/** Refuses requests while the event loop is late, before any other work for them. */
export function refuseWhenLate(app: FastifyInstance): void {
  const isLate = watchEventLoop(app);
  app.addHook('onRequest', (request, _reply, done) => {
    if (isLate() && !isProbe(request)) throw overloaded('The server is busy');
    done();
  });
}

/**
 * Refuses requests before their bodies are read, if too many predictions or too many bytes of bodies are in progress, in total
 * or for the tenant. Accepted requests are therefore answered in time.
 */
export function refuseOverload(app: FastifyInstance, limits: Limits): void {
  const { bodiesBytes, predictions: maxPredictions } = limits;

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
    bytes: Math.floor(bodiesBytes / TENANT_SHARES),
    predictions: Math.max(1, Math.floor(maxPredictions / TENANT_SHARES)),
  };
  const shares = new Map<string, Load>();
  // While no keys exist, there is one local caller, which may use everything.
  const loadsOf = ({ caller }: FastifyRequest): Load[] => {
    if (caller === null || caller.keyId === null) return [all];
    const own = shares.get(caller.tenant) ?? new Load(share);
    shares.set(caller.tenant, own);
    return [own, all];
  };
  app.addHook('onRequest', (request, reply, done) => {
    const more = {
      bytes: sizeOf(request, limits),
      predictions: request.routeOptions.config.load === 'predictions' ? 1 : 0,
    };
    if (more.bytes === 0 && more.predictions === 0) return done();
    const loads = loadsOf(request);
    for (const load of loads) {
      const refusal = load.refusal(more);
      if (refusal !== null) throw overloaded(refusal);
    }
    for (const load of loads) load.add(more);
    // The framework's own hook is not called if the caller disconnects in the middle of a body.
    whenClosed(reply, async () => {
      // Release only when the handler has finished: it may outlive the connection.
      await request.work?.catch(() => undefined);
      for (const load of loads) load.remove(more);
      const tenant = request.caller?.tenant;
      if (tenant !== undefined && shares.get(tenant)?.isIdle) shares.delete(tenant);
    });
    done();
  });
}

/** Most bytes of the body in memory at a time. For a body of unknown size, assume the limit. */
function sizeOf(request: FastifyRequest, limits: Limits): number {
  const { headers } = request;
  const { inParts, limit } = kindOfBody(headers['content-type']);
  const most = inParts ? FILES_HELD * limits.fileBytes : limits[limit];
  const isSized = headers['transfer-encoding'] === undefined && headers['content-encoding'] === undefined;
  return isSized ? Math.min(Number(headers['content-length'] ?? 0), most) : most;
}

/** The refusal of a request that would be answered late. */
export function overloaded(message: string): InnerloopError {
  return new InnerloopError('unavailable', `${message}: try again soon`, { retryAfterSeconds: 1 });
}

/** Amounts in progress at the same time. */
export interface Bounds {
  readonly bytes: number;
  readonly predictions: number;
}

/** Counts the bytes of bodies and the predictions in progress. If no other body is in progress, a body may have any size. */
export class Load {
  readonly #bounds: Bounds;
  #bytes = 0;
  #predictions = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** The reason to refuse a request with these amounts, or null. */
  refusal({ bytes, predictions }: Bounds): string | null {
    const isFull = this.#bytes > 0 && bytes > 0 && this.#bytes + bytes > this.#bounds.bytes;
    if (isFull) return 'Too many bytes of requests are in progress';
    const isBusy = predictions > 0 && this.#predictions + predictions > this.#bounds.predictions;
    return isBusy ? `${this.#predictions} predictions are in progress` : null;
  }

  add({ bytes, predictions }: Bounds): void {
    this.#bytes += bytes;
    this.#predictions += predictions;
  }

  remove({ bytes, predictions }: Bounds): void {
    this.add({ bytes: -bytes, predictions: -predictions });
  }

  get isIdle(): boolean {
    return this.#bytes === 0 && this.#predictions === 0;
  }
}
