import type { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisPredictionStore } from '../../../src/adapters/redis/predictions/prediction-store.ts';
import { createRedisTaskStore } from '../../../src/adapters/redis/tasks/task-store.ts';
import { describePredictionStoreContract } from '../../support/contracts/prediction-store.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';

describeWithRedis('Redis prediction store', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = connect(server.url, () => undefined);
    await new Promise((resolve) => redis.once('ready', resolve));
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  describePredictionStoreContract(async (quota) => {
    await redis.flushall();
    return {
      store: createRedisTaskStore({ redis, quota }),
      predictions: createRedisPredictionStore({ redis, quota }),
    };
  });
});
