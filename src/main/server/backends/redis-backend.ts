import type { FastifyBaseLogger } from 'fastify';
import { createBullQueue } from '../../../adapters/bullmq/bull-queue.ts';
import { checkInstances, type Instances } from '../../../adapters/redis/check-at-start.ts';
import { connect, type RedisPurpose } from '../../../adapters/redis/connection.ts';
import { refusalOf } from '../../../adapters/redis/errors.ts';
import { createRedisKeyStore } from '../../../adapters/redis/key-store.ts';
import { measureRedis } from '../../../adapters/redis/metrics.ts';
import { createRedisOutbox } from '../../../adapters/redis/outbox/outbox.ts';
import { probeWrites } from '../../../adapters/redis/permissions.ts';
import { createRedisPredictionStore } from '../../../adapters/redis/predictions/prediction-store.ts';
import { createRedisRequestCounter } from '../../../adapters/redis/request-counter.ts';
import { createRedisStateCache } from '../../../adapters/redis/state-cache.ts';
import { createRedisTaskStore } from '../../../adapters/redis/tasks/task-store.ts';
import { createWriteProbe } from '../../../adapters/write-probe.ts';
import { throttleErrors } from '../../../concurrency/throttle-errors.ts';
import type { Config } from '../../../config.ts';
import type { Meter } from '../../../ports/telemetry.ts';
import { aboutAdaptation } from '../logger.ts';
import { type Backend, quotaOf } from './backend.ts';

/** Maximum wait until a request is counted. Afterwards the request continues without a count. */
const COUNT_TIMEOUT_MS = 100;

/**
 * The backend for many processes, which share their data in Redis: one Redis for all purposes, or one for each purpose.
 * @throws InnerloopError `invalid_config` when a Redis answers but must not be used
 */
export async function openRedisBackend(
  config: Config,
  logger: FastifyBaseLogger,
  meter: Meter,
): Promise<Backend> {
  const urls = {
    store: config.REDIS_URL,
    queue: config.QUEUE_REDIS_URL || config.REDIS_URL,
    cache: config.CACHE_REDIS_URL || config.REDIS_URL,
  };
  const reports = reportsOf(urls, logger);
  const open = (url: string) => connect(url, (error) => reports.get(url)?.(error));
  const instances: Instances = { store: open(urls.store), queue: open(urls.queue), cache: open(urls.cache) };
  const { store, queue, cache } = instances;
  measureRedis(meter, instances);
  const counters = connect(urls.store, (error) => reports.get(urls.store)?.(error), {
    answerMs: COUNT_TIMEOUT_MS,
  });
  const close = () => {
    for (const redis of [store, queue, cache, counters]) redis.disconnect();
  };
  const unchecked = await checkInstances(instances, {
    warn: (purpose, message) => logger.warn({ purpose }, message),
    error: (purpose, message) => logger.error({ purpose }, message),
  }).catch((error: unknown) => {
    close();
    throw error;
  });

  const probe = (purpose: 'store' | 'queue') =>
    createWriteProbe({
      write: () => probeWrites(instances[purpose], purpose),
      onChange(err) {
        if (err) logger.error({ err, purpose }, `the Redis for the ${purpose} refuses writes: not ready`);
        else logger.info({ purpose }, `the Redis for the ${purpose} accepts writes again`);
      },
    });
  const [storeWrites, queueWrites] = [probe('store'), probe('queue')];
  const jobs = createBullQueue({
    url: urls.queue,
    concurrency: config.ADAPT_THREADS,
    lockMs: config.QUEUE_LOCK_MS,
    onError: (err, ref) =>
      logger.error({ err, ...(ref && aboutAdaptation(ref)) }, `the queue has failed: ${wordsOf(err)}`),
  });
  return {
    store: createRedisTaskStore({ redis: store, quota: quotaOf(config) }),
    predictions: createRedisPredictionStore({ redis: store, quota: quotaOf(config) }),
    cache: createRedisStateCache({ redis: cache, ttlSeconds: config.STATE_TTL_SECONDS }),
    queue: jobs,
    keyStore: createRedisKeyStore(store),
    outbox: createRedisOutbox(store),
    requestCounter: createRedisRequestCounter(counters),
    checks: {
      redis: () => unchecked.size === 0,
      storeWrites: storeWrites.succeeds,
      queueWrites: queueWrites.succeeds,
    },
    async [Symbol.asyncDispose]() {
      for (const each of [storeWrites, queueWrites]) each[Symbol.dispose]();
      await jobs[Symbol.asyncDispose]();
      close();
    },
  };
}

/**
 * One function for each URL, which logs the errors of that Redis. Purposes with the same URL share the function, so an outage
 * is logged once.
 */
function reportsOf(urls: Readonly<Record<RedisPurpose, string>>, logger: FastifyBaseLogger) {
  const purposesOf = (url: string) =>
    Object.entries(urls).flatMap(([purpose, other]) => (other === url ? [purpose] : []));
  return new Map(
    Object.values(urls).map((url) => {
      const subject = `the Redis for the ${purposesOf(url).join(' and the ')}`;
      return [url, throttleErrors((err) => logger.warn({ err }, `${subject}: ${wordsOf(err)}`))];
    }),
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (refusalOf(error) ?? error.message) : String(error);
}
