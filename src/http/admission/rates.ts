import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import type { RequestCounter } from '../../ports/request-counter.ts';

export interface RateLimit {
  /** Requests of one tenant; 0 for any number. */
  readonly perMinute: number;
  /**
   * Counts for all processes; without one, each process counts for itself. Every request waits for it, so it should
   * reject within a tenth of a second when it cannot count.
   */
  readonly counter?: RequestCounter | undefined;
}

/**
 * Limits the requests of each tenant, so that others are served too. Without keys there is one local caller, which is not
 * limited. While the counter fails, requests are not limited.
 */
export async function limitRates(app: FastifyInstance, { perMinute, counter }: RateLimit): Promise<void> {
  if (perMinute === 0) return;
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: 60_000,
    skipOnError: true,
    ...(counter && { store: storeOf(counter) }),
    keyGenerator: ({ caller }) => `{${caller?.tenant}}:requests`,
    allowList: ({ caller }) => (caller?.keyId ?? null) === null,
    errorResponseBuilder: (_request, { ttl }) =>
      new InnerloopError('rate_limited', `Expected at most ${perMinute} requests a minute, got more`, {
        expected: `at most ${perMinute} requests a minute`,
        retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
      }),
  });
}

/** The counter in the form that the plugin asks for. */
function storeOf(counter: RequestCounter) {
  return class Store {
    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      windowMs = 60_000,
    ): void {
      counter
        .count(key, windowMs)
        .then(({ count, msLeft }) => callback(null, { current: count, ttl: msLeft }), callback);
    }
    child(): Store {
      return this;
    }
  };
}
