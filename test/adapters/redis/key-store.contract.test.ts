import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisKeyStore } from '../../../src/adapters/redis/key-store.ts';
import { apiKey, describeKeyStoreContract } from '../../support/contracts/key-store.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';

const ignore = () => undefined;

describeWithRedis('Redis key store', () => {
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

  describeKeyStoreContract(async () => {
    const redis = await connected();
    await redis.flushall();
    return createRedisKeyStore(redis);
  });

  it('stores all its data under one prefix, in one slot', async () => {
    const redis = await connected();
    await redis.flushall();
    await createRedisKeyStore(redis).add(apiKey('a'));
    for (const key of await redis.keys('*')) expect(key).toMatch(/^innerloop:\{keys\}:/);
  });

  it('gives all scopes to a key that version 0.2 stored', async () => {
    const redis = await connected();
    const keys = createRedisKeyStore(redis);
    await keys.add(apiKey('old'));
    await redis.hdel('innerloop:{keys}:key:old', 'scopes');
    expect(await keys.find('old')).toEqual(apiKey('old'));
    expect((await keys.revoke('old', '2026-02-01T00:00:00.000Z'))?.scopes).toEqual(['admin']);
  });

  it('answers unavailable while Redis is down, and works again afterwards', async () => {
    const keys = createRedisKeyStore(await connected());
    await keys.add(apiKey('b'));
    await server.kill();
    const works = [
      () => keys.add(apiKey('c')),
      () => keys.addFirst(apiKey('c')),
      () => keys.find('b'),
      () => keys.list(),
      () => keys.revoke('b', '2026-02-01T00:00:00.000Z'),
      () => keys.touch('b', '2026-02-01T00:00:00.000Z'),
      () => keys.everHadKey(),
    ];
    for (const work of works) await expect(work()).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
    await expect.poll(() => keys.find('b').catch(ignore), { timeout: 10_000 }).toEqual(apiKey('b'));
  });
});
