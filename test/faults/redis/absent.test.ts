import { expect, it, onTestFinished } from 'vitest';
import { points } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { serve } from '../../support/servers/serve.ts';
import { client } from '../support/client.ts';

const evicting = ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'];

async function redisWith(options?: readonly string[]): Promise<TestRedis> {
  const redis = await startRedis(options);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

describeWithRedis('a start without Redis', () => {
  it('listens, is not ready, refuses requests at once, and works as soon as Redis is available', async () => {
    const redis = await redisWith();
    await redis.kill();
    const startedAt = performance.now();
    const server = await serve({ REDIS_URL: redis.url });
    const startMs = performance.now() - startedAt;
    const call = client(server.address);

    expect(await call('GET', '/health/live')).toMatchObject({ status: 200 });
    expect(await call('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { ready: false, checks: { models: true, store: false, queue: false, redis: false } },
    });
    const refusals = [
      await call('POST', '/tasks/a/adapt', points),
      await call('PUT', '/tasks/a', { model: points.model }),
      await call('DELETE', '/tasks/a'),
      await call('POST', '/tasks/a/predict', { inputs: [[-1, 0]] }),
      await call('GET', '/tasks'),
    ];
    for (const each of refusals) {
      expect(each).toMatchObject({ status: 503, retryAfter: '1', body: { code: 'unavailable' } });
      expect(each.ms).toBeLessThan(1000);
    }

    await redis.start();
    const cameAt = performance.now();
    const ready = async () => expect(await call('GET', '/health/ready')).toMatchObject({ status: 200 });
    await eventually(ready, 20_000);
    const readyMs = performance.now() - cameAt;
    expect(await call('POST', '/tasks/a/adapt', points, { prefer: 'wait=20' })).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
    expect(await call('POST', '/tasks/a/predict', { inputs: [[-1, 0]] })).toMatchObject({
      body: { predictions: [{ label: 'left' }] },
    });
    const slowestMs = Math.max(...refusals.map(({ ms }) => ms));
    console.log(`redis absent: ${JSON.stringify({ startMs, slowestMs, readyMs })}`);
  });

  it('becomes ready even if the first Redis at the address does not answer', async () => {
    const redis = await redisWith();
    await redis.freeze();
    const { address } = await serve({ REDIS_URL: redis.url });
    const call = client(address);
    expect(await call('GET', '/health/ready')).toMatchObject({ status: 503 });
    await redis.thaw();
    await eventually(async () => expect((await call('GET', '/health/ready')).status).toBe(200), 20_000);
  });

  it('is refused with a clear message if Redis could evict accepted data', async () => {
    const redis = await redisWith(evicting);
    await expect(serve({ REDIS_URL: redis.url })).rejects.toThrow(
      'Its maxmemory-policy is allkeys-lru, which evicts accepted work when memory is short: set it to noeviction',
    );
  });

  it('never becomes ready if a late Redis could evict data, and says why', async () => {
    const redis = await redisWith(evicting);
    await redis.kill();
    const server = await serve({ REDIS_URL: redis.url });
    const call = client(server.address);
    await redis.start();
    await eventually(
      () =>
        expect(server.lines.join('')).toContain(
          'The Redis for the store cannot be used. Its maxmemory-policy',
        ),
      20_000,
    );
    // The connections to the store and to the queue come back separately.
    await eventually(
      async () =>
        expect(await call('GET', '/health/ready')).toMatchObject({
          status: 503,
          body: { ready: false, checks: { store: true, queue: true, redis: false } },
        }),
      10_000,
    );
  });
});
