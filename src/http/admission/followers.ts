import type { FastifyReply, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { whenClosed } from '../connection/when-closed.ts';

/** Counts a request among the followers of its tenant until its connection closes. @throws `rate_limited` */
export type Follow = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Limits the requests of a tenant that follow adaptations, by event streams or `Prefer: wait`: each holds a connection and
 * reads the store at every change. Without keys there is one local caller, which is not limited.
 */
export function createFollowers(most: number): Follow {
  const followers = new Map<string, number>();
  return ({ caller }, reply) => {
    if (caller === null || caller.keyId === null) return;
    const { tenant } = caller;
    const count = followers.get(tenant) ?? 0;
    if (count >= most) {
      const expected = `at most ${most} requests of a tenant that follow adaptations`;
      throw new InnerloopError('rate_limited', `Expected ${expected}, got more`, {
        expected,
        retryAfterSeconds: 1,
      });
    }
    followers.set(tenant, count + 1);
    whenClosed(reply, () => {
      const rest = (followers.get(tenant) ?? 0) - 1;
      if (rest > 0) followers.set(tenant, rest);
      else followers.delete(tenant);
    });
  };
}
