import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasScope, type Scope } from '../../domain/keys/scope.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import { type Caller, type Keys, LOCAL_CALLER } from '../../service/keys/keys.ts';
import { disconnectedError } from '../connection/disconnect.ts';
import { routeOf } from '../protocol/other-methods.ts';
import { refuseOtherSites } from './local-only.ts';
import { isPublic, scopeOf } from './route-access.ts';

/** The operations on keys that access control needs. */
export type AccessKeys = Pick<
  Keys,
  'required' | 'verify' | 'acceptedLately' | 'hasCachedKey' | 'isStillValid' | 'isBeingDeleted'
>;

/** Most refused keys from one address in a minute. */
const MAX_REFUSED = 60;

/**
 * Identifies the caller by its key, and checks that the key has the scope of the route, before the body is read. While no
 * keys exist, every caller is the tenant `default` and may do everything. All routes need a caller, and so do paths without
 * a route; only routes marked as public do not.
 *
 * @see RFC 6750
 */
export async function admitCallers(
  app: FastifyInstance,
  keys: AccessKeys,
  corsOrigins: readonly string[],
): Promise<void> {
  let refusals!: ReturnType<FastifyInstance['createRateLimit']>;
  // In a scope of its own, because `limitRates` registers the plugin with other options.
  await app.register(async (scope) => {
    await scope.register(rateLimit, { global: false });
    refusals = scope.createRateLimit({ max: MAX_REFUSED, timeWindow: 60_000 });
  });

  /**
   * Limits attempts to guess keys, and their load on the store. Keys in the cache of accepted keys are not limited: behind
   * a proxy or a router, callers with valid keys can have the same address as an attacker.
   */
  const refuseGuesses = async (request: FastifyRequest, token: string) => {
    const refused = await refusals(request, { increment: false });
    if (refused.isAllowed || refused.remaining > 0 || keys.hasCachedKey(token)) return;
    throw new InnerloopError(
      'rate_limited',
      `Expected at most ${MAX_REFUSED} refused keys a minute from one address, got more`,
      { retryAfterSeconds: Math.max(1, refused.ttlInSeconds) },
    );
  };

  const refuseDeleted = async ({ tenant }: Caller) => {
    if (!(await keys.isBeingDeleted(tenant))) return;
    const message = 'The data of this tenant are being deleted: try again later';
    throw new InnerloopError('unavailable', message, { retryAfterSeconds: 5 });
  };

  const identify = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!(await keys.required())) {
      refuseOtherSites(request, corsOrigins);
      request.caller = LOCAL_CALLER;
      await refuseDeleted(request.caller);
      return;
    }
    const token = bearerToken(request, reply);
    await refuseGuesses(request, token);
    try {
      request.caller = await keys.verify(token);
    } catch (error) {
      if (error instanceof InnerloopError && error.code === 'unauthorized') {
        challenge(reply, 'invalid_token');
        await refusals(request);
      }
      throw error;
    }
    checkScope(request, request.caller, reply);
    await refuseDeleted(request.caller);
  };

  app.decorateRequest('caller', null);
  app.addHook('onRequest', (request, reply, done) => {
    if (isPublic(routeOf(request))) return done();
    // A connection that was reset has no remote address, so its guesses cannot be counted.
    if (request.raw.socket.destroyed) throw disconnectedError();
    // The usual case, without a promise.
    const caller = keys.acceptedLately(tokenOf(request));
    if (caller === null) return void identify(request, reply).then(() => done(), done);
    if (caller.keyId === null) refuseOtherSites(request, corsOrigins);
    request.caller = caller;
    checkScope(request, caller, reply);
    done();
  });
}

/** @throws InnerloopError `insufficient_scope`, whether or not what the path names exists */
function checkScope({ routeOptions }: FastifyRequest, { scopes }: Caller, reply: FastifyReply): void {
  const needed = scopeOf(routeOptions);
  if (needed === null || hasScope(scopes, needed)) return;
  challenge(reply, 'insufficient_scope', needed);
  throw lacksScope(needed, scopes);
}

/** The refusal of a key with the scopes `held`. */
export function lacksScope(needed: Scope, held: readonly Scope[]): InnerloopError {
  const expected = `a key with the scope ${needed}`;
  const got = `a key with ${held.length === 0 ? 'no scope' : held.join(', ')}`;
  return new InnerloopError('insufficient_scope', `Expected ${expected}, got ${got}`, { expected, got });
}

function tokenOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function bearerToken(request: FastifyRequest, reply: FastifyReply): string {
  const token = tokenOf(request);
  if (token !== undefined) return token;
  challenge(reply);
  const { headers } = request;
  const expected = 'a key in the header Authorization: Bearer <key>';
  const got = headers.authorization === undefined ? 'none' : 'another scheme';
  const message = `Expected ${expected}, got ${got}. On the server, innerloop keys create <tenant> makes a key`;
  throw new InnerloopError('unauthorized', message, { expected, got });
}

function challenge(reply: FastifyReply, error?: string, scope?: string): void {
  const why = Object.entries({ error, scope }).map(([name, text]) => (text ? `, ${name}="${text}"` : ''));
  reply.header('www-authenticate', `Bearer realm="innerloop"${why.join('')}`);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on public routes, and before `admitCallers` has identified the caller. */
    caller: Caller | null;
  }
}

/** The tenant of a request to a route that needs a caller. */
export function tenantOf({ caller, routeOptions }: FastifyRequest): TenantId {
  if (caller === null) throw new Error(`Expected a caller at ${routeOptions.url}, got none`);
  return caller.tenant;
}

/** The fields of log lines that identify the caller. */
export function callerFields({ caller }: FastifyRequest) {
  return caller === null ? {} : { tenant: caller.tenant, key: caller.keyId };
}
