import proxyAddr from '@fastify/proxy-addr';
import type { FastifyRequest } from 'fastify';

/** Plain segments alone: anything else could lead a browser to another host. */
const PREFIX = /^(\/[A-Za-z0-9._~-]+)+\/?$/;

/** The path under which a proxy offers this API, such as `/ai`; empty where none says so. */
export type PrefixOf = (request: FastifyRequest) => string;

/** Reads `X-Forwarded-Prefix` of proxies that `isTrusted` knows. */
export function createPrefixOf(isTrusted: TrustProxy): PrefixOf {
  return ({ headers, raw }) => {
    const prefix = headers['x-forwarded-prefix'];
    if (typeof prefix !== 'string' || !PREFIX.test(prefix)) return '';
    return isTrusted(raw.socket.remoteAddress ?? '', 0) ? prefix.replace(/\/$/, '') : '';
  };
}

/** Whether the word of the proxy at this address is taken. */
export type TrustProxy = (address: string, hop: number) => boolean;

export function trustProxies(addresses: readonly string[]): TrustProxy {
  return addresses.length === 0 ? () => false : proxyAddr.compile([...addresses]);
}
