import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisRequestCounter } from '../../../src/adapters/redis/request-counter.ts';
import type { RateLimit } from '../../../src/http/admission/rates.ts';
import { buildApp } from '../../../src/http/app.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ environment: { HOST: '0.0.0.0' } });

const statuses = (answers: readonly { statusCode: number }[]) => answers.map(({ statusCode }) => statusCode);

describeWithRedis('requests to many processes', () => {
  let redis: TestRedis;
  let connection: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    connection = connect(redis.url, () => undefined);
    await once(connection, 'ready');
  });
  afterAll(async () => {
    connection.disconnect();
    await redis[Symbol.asyncDispose]();
  });

  const another = (rateLimit: RateLimit) =>
    buildApp({ service: http.service, keys: http.keys, version: '0.0.0', rateLimit });

  it('are counted together in Redis, and are not limited while it does not answer', async () => {
    const apps = await Promise.all(
      [1, 2].map(() => another({ perMinute: 3, counter: createRedisRequestCounter(connection) })),
    );
    const [first, second] = apps as [FastifyInstance, FastifyInstance];
    const { token } = await http.keys.issue('spread');
    const send = (app: FastifyInstance) =>
      app.inject({ url: '/models', headers: { authorization: `Bearer ${token}` } });
    const through = [first, second, first, second, first];
    const answers = [];
    for (const app of through) answers.push(await send(app));
    expect(statuses(answers)).toEqual([200, 200, 200, 429, 429]);
    expect(await connection.keys('*')).toEqual(['innerloop:{spread}:requests']);
    await redis.kill();
    expect(statuses(await Promise.all([1, 2, 3, 4, 5].map(() => send(first))))).toEqual([
      200, 200, 200, 200, 200,
    ]);
    for (const app of apps) await app.close();
  });
});
