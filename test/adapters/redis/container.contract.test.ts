import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisKeyStore } from '../../../src/adapters/redis/key-store.ts';
import { createRedisOutbox } from '../../../src/adapters/redis/outbox/outbox.ts';
import { createRedisPredictionStore } from '../../../src/adapters/redis/predictions/prediction-store.ts';
import { checkRedis } from '../../../src/adapters/redis/requirements.ts';
import { createRedisStateCache } from '../../../src/adapters/redis/state-cache.ts';
import { createRedisTaskStore } from '../../../src/adapters/redis/tasks/task-store.ts';
import { describeKeyStoreContract } from '../../support/contracts/key-store.ts';
import { describeOutboxContract } from '../../support/contracts/outbox.ts';
import { describePredictionStoreContract } from '../../support/contracts/prediction-store.ts';
import { describeStateCacheContract } from '../../support/contracts/state-cache.ts';
import { describeTaskStoreContract } from '../../support/contracts/task-store.ts';
import { containers } from '../../support/redis/container.ts';
import { describeTestRedisContract } from '../../support/redis/contract.ts';
import { describeWith, type TestRedis } from '../../support/redis/redis.ts';

/** Other suites may use any Redis. This one uses the image of the deployment. */
describeWith(await containers(), process.env.TEST_REDIS === 'docker', 'Redis in a container', (start) => {
  describe('as a Redis of a test', () => describeTestRedisContract(start));

  describe('once started', () => {
    let server: TestRedis;
    let redis: Redis;
    beforeAll(async () => {
      server = await start(['--appendonly', 'yes', '--maxmemory', '1gb']);
      redis = connect(server.url, () => undefined);
      await once(redis, 'ready');
    });
    afterAll(async () => {
      redis.disconnect();
      await server[Symbol.asyncDispose]();
    });

    it('has everything that store and queue need', async () => {
      const nothing = { refusals: [], warnings: [] };
      expect(await checkRedis(redis, 'store')).toEqual(nothing);
      expect(await checkRedis(redis, 'queue')).toEqual(nothing);
    });

    describe('as a task store', () =>
      describeTaskStoreContract(async (quota) => {
        await redis.flushall();
        return createRedisTaskStore({ redis, quota });
      }));

    describe('as a prediction store', () =>
      describePredictionStoreContract(async (quota) => {
        await redis.flushall();
        return {
          store: createRedisTaskStore({ redis, quota }),
          predictions: createRedisPredictionStore({ redis, quota }),
        };
      }));

    describe('as a key store', () =>
      describeKeyStoreContract(async () => {
        await redis.flushall();
        return createRedisKeyStore(redis);
      }));

    describe('as an outbox', () =>
      describeOutboxContract(async () => {
        await redis.flushall();
        return createRedisOutbox(redis);
      }));

    describe('as a state cache', () =>
      describeStateCacheContract(async () => {
        await redis.flushall();
        return createRedisStateCache({ redis, ttlSeconds: 1000 });
      }));
  });
});
