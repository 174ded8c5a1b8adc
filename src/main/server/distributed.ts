import { once } from 'node:events';
import type { FastifyBaseLogger } from 'fastify';
import type { Redis } from 'ioredis';
import { createBullQueue } from '../../adapters/bullmq/bull-queue.ts';
import { connect } from '../../adapters/redis/connection.ts';
import { createRedisKeyStore } from '../../adapters/redis/key-store.ts';
import { measureRedis } from '../../adapters/redis/metrics.ts';
import { checkRedis, type RedisPurpose } from '../../adapters/redis/requirements.ts';
import { createRedisStateCache } from '../../adapters/redis/state-cache.ts';
import { createRedisTaskStore } from '../../adapters/redis/task-store.ts';
import { sparingly } from '../../adapters/throttle-errors.ts';
import type { Config } from '../../config.ts';
import { InnerloopError, nullIfUnavailable } from '../../errors.ts';
import type { Meter } from '../../ports/telemetry.ts';
import { aboutAdaptation } from './adaptation-logs.ts';
import { type Backend, quotaOf } from './backend.ts';

/** How long a start waits for Redis. Without one it goes on, not ready, and looks when Redis comes. */
const START_WAIT_MS = 2000;
/** Every request waits for its count: one that does not come at once is none. */
const COUNT_TIMEOUT_MS = 100;

type Instance = readonly [purpose: RedisPurpose, redis: Redis];

/**
 * Everything shared over Redis, by any number of processes: one instance for all purposes, or one for each.
 * @throws InnerloopError `invalid_config` when a Redis that answers would lose what it is given.
 */
export async function openDistributed(
  config: Config,
  logger: FastifyBaseLogger,
  meter: Meter,
): Promise<Backend> {
  const report = sparingly((err) => logger.warn({ err }, 'redis'));
  const open = (url: string) => connect(url || config.REDIS_URL, report);
  const [store, queue, cache] = [
    open(config.REDIS_URL),
    open(config.QUEUE_REDIS_URL),
    open(config.CACHE_REDIS_URL),
  ];
  const instances: readonly Instance[] = [
    ['store', store],
    ['queue', queue],
    ['cache', cache],
  ];
  for (const [purpose, redis] of instances) measureRedis(meter, purpose, redis);
  const counters = connect(config.REDIS_URL, report, { commandTimeout: COUNT_TIMEOUT_MS });
  const close = () => {
    for (const redis of [store, queue, cache, counters]) redis.disconnect();
  };
  const late = new Set<RedisPurpose>();
  try {
    await checkInstances(instances, late, logger);
  } catch (error) {
    close();
    throw error;
  }
  const turns = createBullQueue({
    url: config.QUEUE_REDIS_URL || config.REDIS_URL,
    concurrency: config.ADAPT_THREADS,
    lockMs: config.QUEUE_LOCK_MS,
    onError: (err, ref) => logger.error({ err, ...(ref && aboutAdaptation(ref)) }, 'queue'),
  });
  return {
    store: createRedisTaskStore({ redis: store, quota: quotaOf(config) }),
    cache: createRedisStateCache({ redis: cache, ttlSeconds: config.STATE_TTL_SECONDS }),
    queue: turns,
    keyStore: createRedisKeyStore(store),
    counters,
    checks: { redis: () => late.size === 0 },
    async [Symbol.asyncDispose]() {
      await turns[Symbol.asyncDispose]();
      close();
    },
  };
}

/** Those that answer in time, now. `late` holds the others, until they come and are what they must be. */
async function checkInstances(
  instances: readonly Instance[],
  late: Set<RedisPurpose>,
  logger: FastifyBaseLogger,
): Promise<void> {
  const refusals: string[] = [];
  const neighbours = instances.filter(([purpose]) => purpose !== 'cache').map(([, redis]) => redis);
  for (const [purpose, redis] of instances) {
    const look = async () => {
      const found = await checkRedis(redis, purpose, neighbours);
      for (const words of found.warnings) logger.warn({ purpose }, words);
      if (found.refusals.length === 0) late.delete(purpose);
      return found.refusals.map((words) => `The Redis for the ${purpose} cannot be used. ${words}`);
    };
    const found = (await isReady(redis)) ? await look().catch(nullIfUnavailable) : null;
    if (found) {
      refusals.push(...found);
      continue;
    }
    logger.warn({ purpose }, 'no Redis answers yet: not ready until one does');
    late.add(purpose);
    const lookAgain = () =>
      look().then(
        (found) => {
          for (const words of found) logger.error({ purpose }, words);
          if (late.has(purpose)) redis.once('ready', lookAgain);
        },
        () => redis.once('ready', lookAgain),
      );
    redis.once('ready', lookAgain);
  }
  if (refusals.length > 0) throw new InnerloopError('invalid_config', refusals.join('\n'));
}

async function isReady(redis: Redis): Promise<boolean> {
  if (redis.status === 'ready') return true;
  return once(redis, 'ready', { signal: AbortSignal.timeout(START_WAIT_MS) }).then(
    () => true,
    () => false,
  );
}
