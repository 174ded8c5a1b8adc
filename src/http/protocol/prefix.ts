import proxyAddr from '@fastify/proxy-addr';
import type { FastifyRequest } from 'fastify';

/** Only plain path segments are allowed: a prefix such as `//host` would lead a browser to another host. */
const PREFIX = /^(\/[A-Za-z0-9._~-]+)+\/?$/;

/** Returns the path under which a proxy offers this API, such as `/ai`; empty without such a proxy. */
export type PrefixOf = (request: FastifyRequest) => string;

/** Reads `X-Forwarded-Prefix`, but only from trusted proxies. */
export function createPrefixOf(isTrusted: TrustProxy): PrefixOf {
  return ({ headers, raw }) => {
    const prefix = headers['x-forwarded-prefix'];
    if (typeof prefix !== 'string' || !PREFIX.test(prefix)) return '';
    return isTrusted(raw.socket.remoteAddress ?? '', 0) ? prefix.replace(/\/$/, '') : '';
  };
}

/** Whether the `X-Forwarded-…` headers from this address are trusted. */
export type TrustProxy = (address: string, hop: number) => boolean;

export function trustProxies(addresses: readonly string[]): TrustProxy {
  return addresses.length === 0 ? () => false : proxyAddr.compile([...addresses]);
}
