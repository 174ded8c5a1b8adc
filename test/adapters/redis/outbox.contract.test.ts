import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisOutbox } from '../../../src/adapters/redis/outbox/outbox.ts';
import { delivery, describeOutboxContract, webhook } from '../../support/contracts/outbox.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';

const ignore = () => undefined;

describeWithRedis('Redis outbox', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function connected() {
    const redis = connect(server.url, ignore);
    onTestFinished(() => redis.disconnect());
    await new Promise((resolve) => redis.once('ready', resolve));
    return redis;
  }

  describeOutboxContract(async () => {
    const redis = await connected();
    await redis.flushall();
    return createRedisOutbox(redis);
  });

  it('stores all its data under one prefix, in one slot, and leaves none behind', async () => {
    const redis = await connected();
    await redis.flushall();
    const outbox = createRedisOutbox(redis);
    await outbox.addWebhook(webhook(1), 1);
    await outbox.add(delivery(1), 10);
    await outbox.add(delivery(2, { dueAt: null, status: 'failed' }), 10);
    for (const key of await redis.keys('*')) expect(key).toMatch(/^innerloop:\{outbox\}:/);
    await outbox.removeWebhook('acme', webhook(1).id);
    expect(await redis.keys('*')).toEqual([]);
  });

  it('gives one delivery to one of two processes', async () => {
    const [here, there] = [createRedisOutbox(await connected()), createRedisOutbox(await connected())];
    await here.addWebhook(webhook(1), 1);
    await here.add(delivery(1), 10);
    const claims = [here, there].map((each, i) => each.replace(delivery(1), delivery(1, { dueAt: 5 + i })));
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
  });

  it('answers unavailable while Redis is down', async () => {
    const outbox = createRedisOutbox(await connected());
    await server.kill();
    const works = [
      () => outbox.addWebhook(webhook(1), 1),
      () => outbox.webhook('acme', webhook(1).id),
      () => outbox.webhooks('acme'),
      () => outbox.updateWebhook('acme', webhook(1).id, (each) => each),
      () => outbox.removeWebhook('acme', webhook(1).id),
      () => outbox.add(delivery(1), 1),
      () => outbox.replace(delivery(1), null),
      () => outbox.due({ now: 0, tenants: 1, perTenant: 1, except: new Set() }),
      () => outbox.deliveries('acme', webhook(1).id, 1),
    ];
    for (const work of works) await expect(work()).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
  });
});
