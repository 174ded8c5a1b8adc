import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { InnerloopError } from '../../errors.ts';

export interface RateLimit {
  /** Requests of one tenant; 0 for any number. */
  readonly perMinute: number;
  /**
   * Counts for all processes; without, each counts for itself. Every request waits for it, so its commands should
   * fail within a tenth of a second.
   */
  readonly redis?: Redis | undefined;
}

/**
 * Keeps one tenant from taking all there is. Who has no key is alone on the machine, and not counted; while Redis is
 * away nobody is.
 */
export async function limitRates(app: FastifyInstance, { perMinute, redis }: RateLimit): Promise<void> {
  if (perMinute === 0) return;
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    skipOnError: true,
    ...(redis && { redis, nameSpace: 'innerloop:' }),
    keyGenerator: ({ caller }) => `{${caller?.tenant}}:requests`,
    allowList: ({ caller }) => (caller?.keyId ?? null) === null,
    errorResponseBuilder: (_request, { ttl }) =>
      new InnerloopError('rate_limited', `Expected at most ${perMinute} requests a minute, got more`, {
        expected: `at most ${perMinute} requests a minute`,
        retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  });
}
