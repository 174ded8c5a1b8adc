import type { FastifyReply, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { whenClosed } from '../connection/disconnect.ts';

/** Counts a request as waiting until its connection closes. @throws InnerloopError `rate_limited` */
export type CountWaitingRequest = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Limits the requests of each tenant that wait. Event streams and requests with `Prefer: wait` wait for adaptations: each keeps a
 * connection open and reads the store at every change. Tests of webhooks wait for a receiver. While no keys exist, there is one
 * local caller, which is not limited.
 */
export function limitWaitingRequests(most: number): CountWaitingRequest {
  const counts = new Map<string, number>();
  return ({ caller }, reply) => {
    if (caller === null || caller.keyId === null) return;
    const { tenant } = caller;
    const count = counts.get(tenant) ?? 0;
    if (count >= most) {
      const expected = `at most ${most} requests of a tenant that wait`;
      throw new InnerloopError('rate_limited', `Expected ${expected}, got more`, {
        expected,
        retryAfterSeconds: 1,
      });
    }
    counts.set(tenant, count + 1);
    whenClosed(reply, () => {
      const rest = (counts.get(tenant) ?? 0) - 1;
      if (rest > 0) counts.set(tenant, rest);
      else counts.delete(tenant);
    });
  };
}
