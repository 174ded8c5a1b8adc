import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { InnerloopError } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';
import type { Keys } from '../../service/keys/keys.ts';
import { hungUp } from '../connection/disconnect.ts';
import { refuseForwarded } from './forwarded.ts';
import { isPublic } from './route-access.ts';

/** What the door asks of the keys. */
export type DoorKeys = Pick<Keys, 'required' | 'verify' | 'hasCachedKey' | 'isStillValid'>;

/** Of refused keys, from one address in a minute. */
const MAX_REFUSED = 60;

/**
 * Finds out who calls, before any of the body is read: the bearer of a key, or the one tenant there is without keys. Routes
 * need a caller unless they are marked as public; so do paths without a route.
 *
 * @see RFC 6750
 */
export async function admitCallers(
  app: FastifyInstance,
  keys: DoorKeys,
  corsOrigins: readonly string[],
): Promise<void> {
  await app.register(rateLimit, { global: false });
  const refusals = app.createRateLimit({ max: MAX_REFUSED, timeWindow: 60_000 });

  /**
   * Guessing is slow, and costs the store nothing beyond the limit. A key that has been let in before goes on all the
   * same: others may share the address, behind a proxy or a router.
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

  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    if (isPublic(request.routeOptions)) return;
    // Of a connection that was reset not even the address is known.
    if (request.raw.socket.destroyed) throw hungUp();
    if (!(await keys.required())) {
      refuseOtherSites(request, corsOrigins);
      request.caller = { tenant: 'default', keyId: null };
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
  });
}

function bearerToken({ headers }: FastifyRequest, reply: FastifyReply): string {
  const [, token] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (token !== undefined) return token;
  challenge(reply);
  const expected = 'a key in the header Authorization: Bearer <key>';
  const got = headers.authorization === undefined ? 'none' : 'another scheme';
  throw new InnerloopError('unauthorized', `Expected ${expected}, got ${got}`, { expected, got });
}

function challenge(reply: FastifyReply, error?: string): void {
  const why = error === undefined ? '' : `, error="${error}"`;
  reply.header('www-authenticate', `Bearer realm="innerloop"${why}`);
}

/**
 * Without keys, whoever reaches the port may do anything, and a page of any site reaches it through the browser of
 * whoever runs the service. It is stopped by the name it calls this machine (a page that has its own name resolved to
 * the loopback address, DNS rebinding) or by what the browser says of it. A link that is followed harms nobody. A proxy
 * on this machine would let the whole world in.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
function refuseOtherSites(request: FastifyRequest, corsOrigins: readonly string[]): void {
  refuseForwarded(request, 'behind a proxy the service needs a key (innerloop keys create)');
  const { headers, method } = request;
  const name = hostName(headers.host);
  if (!isLoopback(name)) {
    const expected = 'a loopback name in the header Host while there are no keys';
    throw forbidden(expected, JSON.stringify(headers.host ?? ''));
  }
  const site = headers['sec-fetch-site'];
  const isOther = site === 'cross-site' || site === 'same-site';
  const isLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if (isOther && !isLink && !corsOrigins.includes(headers.origin ?? '')) {
    throw forbidden('no requests from pages of other sites while there are no keys', `one that is ${site}`);
  }
}

/** Of `name:port`, or of an address in brackets. Callers have few names for us, and a URL takes long to parse. */
function hostName(host = ''): string {
  let name = hostNames.get(host);
  if (name === undefined) {
    const url = `http://${host}`;
    name = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
    hostNames.set(host, name);
  }
  return name;
}

const hostNames = new LRUCache<string, string>({ max: 100 });

function forbidden(expected: string, got: string): InnerloopError {
  return new InnerloopError('forbidden', `Expected ${expected}, got ${got}`, { expected, got });
}
