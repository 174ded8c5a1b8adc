import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { InnerloopError } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';

/** The advice in the error message of a call through a proxy. */
export const PROXY_REMEDY = 'behind a proxy the service needs a key (innerloop keys create)';

const PROXY_HEADERS = /^(forwarded|via|x-real-ip|x-forwarded-.+)$/;

/**
 * Refuses requests that came through a proxy, for routes that callers on this machine may use without a key. `remedy` is
 * advice for the operator, at the end of the message.
 */
export function refuseForwarded({ headers }: Pick<FastifyRequest, 'headers'>, remedy: string): void {
  const got = Object.keys(headers).find((name) => PROXY_HEADERS.test(name));
  if (got === undefined) return;
  const expected = 'a request that no proxy has passed on';
  throw new InnerloopError('forbidden', `Expected ${expected}, got one with the header ${got}: ${remedy}`, {
    expected,
    got: `the header ${got}`,
  });
}

/**
 * While no keys exist, the API is only for programs on this machine. Refuses requests from three kinds of other callers:
 * - any caller, through a proxy on this machine;
 * - a web page whose host name resolves to the loopback address (DNS rebinding): the header Host shows that name;
 * - any other web page in a browser on this machine: the header Sec-Fetch-Site shows it. Following a link is harmless.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function refuseOtherSites(request: FastifyRequest, corsOrigins: readonly string[]): void {
  refuseForwarded(request, PROXY_REMEDY);
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

/** The name in `name:port`, or the address in brackets. Cached: parsing a URL is slow, and there are few names. */
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
