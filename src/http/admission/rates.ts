import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import type { RequestCounter } from '../../ports/stores/request-counter.ts';

export interface RateLimit {
  /** Most requests of one tenant in a minute; 0 means no limit. */
  readonly perMinute: number;
  /**
   * Counts the requests to all processes. Without it, each process counts only its own. Every request waits for the counter,
   * so it should reject within 100 ms if it cannot count.
   */
  readonly counter?: RequestCounter | undefined;
}

/**
 * Limits the requests of each tenant, so that one tenant cannot block the others. While no keys exist, there is one local
 * caller, which is not limited. While the counter fails, no request is limited.
 */
export async function limitRates(app: FastifyInstance, { perMinute, counter }: RateLimit): Promise<void> {
  if (perMinute === 0) return;
  await app.register(rateLimit, {
    global: false,
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
  // For all requests, also those without a route. The plugin's own hooks of routes would run after the hooks that follow.
  app.addHook('onRequest', app.rateLimit());
}

/** Adapts the counter to the store interface of the plugin. */
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
