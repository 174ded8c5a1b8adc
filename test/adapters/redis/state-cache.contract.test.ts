import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisStateCache } from '../../../src/adapters/redis/state-cache.ts';
import { tensor } from '../../../src/tensor.ts';
import { describeStateCacheContract } from '../../support/contracts/state-cache.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';

const state = { w: tensor([3], [1, 2, 3]) };

describeWithRedis('Redis state cache', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    // These tests are about contents: on busy cores, megabytes may take longer than a request would wait.
    redis = connect(server.url, () => undefined, { answerMs: 10_000 });
    await once(redis, 'ready');
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => redis.flushall());
  const create = (ttlSeconds = 1000) => createRedisStateCache({ redis, ttlSeconds });

  describeStateCacheContract(async () => create());

  it('stores the states of one tenant in one slot, separate from other tenants', async () => {
    await create().put('alice/adp_1', state);
    expect(await redis.keys('*')).toEqual(['innerloop:{alice}:state:adp_1']);
    expect(await create().get('bob/adp_1')).toBeNull();
    expect(await create().get('adp_1')).toBeNull();
  });

  it('returns five megabytes of random bits unchanged', async () => {
    const bits = Uint32Array.from({ length: 1_250_000 }, (_, i) => Math.imul(i, 2_654_435_761));
    const large = { odd: tensor([1], [1]), w: tensor([bits.length], new Float32Array(bits.buffer)) };
    await create().put('t/large', large);
    const got = (await create().get('t/large'))?.w?.data;
    expect(got?.length).toBe(bits.length);
    expect(Buffer.from(bits.buffer).equals(new Uint8Array(got?.buffer as ArrayBuffer))).toBe(true);
  });

  it('keeps a state for its time after the last use, not after the last existence check', async () => {
    const key = 'innerloop:{t}:state:a';
    await create(1000).put('t/a', state);
    expect(await redis.ttl(key)).toBeGreaterThan(990);
    await redis.expire(key, 10);
    await create(1000).has('t/a');
    expect(await redis.ttl(key)).toBeLessThanOrEqual(10);
    await create(1000).get('t/a');
    expect(await redis.ttl(key)).toBeGreaterThan(990);
  });

  it('removes a state that was not used within its time', async () => {
    await create(1).put('t/a', state);
    await eventually(async () => expect(await create().has('t/a')).toBe(false), 5000);
    expect(await create().get('t/a')).toBeNull();
  });

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['a header that is longer than all bytes', Buffer.from([255, 255, 255, 255, 1])],
    ['a header that is not JSON', Buffer.from([2, 0, 0, 0, 65, 66])],
    ['values that end early', Buffer.from('\x1a\0\0\0{"tensors":[["w",[1000]]]}1234')],
  ])('treats %s as a miss, and can store the state again', async (_what, bytes) => {
    await redis.set('innerloop:{t}:state:a', bytes);
    expect(await create().get('t/a')).toBeNull();
    await create().put('t/a', state);
    expect(await create().get('t/a')).toEqual(state);
  });
});

describeWithRedis('Redis state cache without its Redis', () => {
  const unavailable = { code: 'unavailable', details: { retryAfterSeconds: 1 } };
  async function cacheOf(server: TestRedis) {
    const redis = connect(server.url, () => undefined);
    onTestFinished(() => redis.disconnect());
    await once(redis, 'ready');
    return createRedisStateCache({ redis, ttlSeconds: 1000 });
  }

  it('fails at once on every call while Redis is down, and works again afterwards', async () => {
    await using server = await startRedis();
    const cache = await cacheOf(server);
    await cache.put('t/a', state);
    for (const [lose, regain] of [
      [server.freeze, server.thaw],
      [server.kill, server.start],
    ] as const) {
      await lose();
      const asked = performance.now();
      const calls = [cache.get('t/a'), cache.put('t/a', state), cache.has('t/a'), cache.delete('t/b')];
      for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[])
        expect(reason).toMatchObject(unavailable);
      expect(performance.now() - asked).toBeLessThan(3000);
      await regain();
      await eventually(async () => expect(await cache.get('t/a')).toEqual(state), 5000);
    }
  });
});
