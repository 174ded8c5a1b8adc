import type { FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';

const FROM_PROXIES = /^(forwarded|via|x-real-ip|x-forwarded-.+)$/;

/**
 * What only callers on this machine may do without a key, a proxy on it would let anybody do. `remedy` is what its owner
 * is told to do.
 */
export function refuseForwarded({ headers }: FastifyRequest, remedy: string): void {
  const got = Object.keys(headers).find((name) => FROM_PROXIES.test(name));
  if (got === undefined) return;
  const expected = 'a request that no proxy has passed on';
  throw new InnerloopError('forbidden', `Expected ${expected}, got one with the header ${got}: ${remedy}`, {
    expected,
    got: `the header ${got}`,
  });
}
