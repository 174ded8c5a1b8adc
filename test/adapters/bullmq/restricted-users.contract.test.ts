import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { createBullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';
import { startRedis } from '../../support/redis/redis.ts';

/** What the Redis user of a queue may not do, and the most errors that it may report in two seconds. */
const restrictions = [
  ['may not call INFO', ['-info'], 20],
  ['may not run scripts', ['-eval', '-evalsha'], 60],
  ['may not write hashes', ['-hset', '-hmset', '-zadd'], 60],
  ['may not subscribe', ['-subscribe'], 20],
] as const;

// They wait at the same time, and share their limit of processor time.
it.concurrent.each(restrictions)(
  'BullMQ queue does not retry in a tight loop as a Redis user who %s',
  async (_what, rules, mostErrors) => {
    await using redis = await startRedis();
    const client = new Redis(redis.url);
    await client.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', '~*', '&*', '+@all', ...rules);
    client.disconnect();
    const onError = vi.fn();
    const url = redis.url.replace('://', '://app:pw@');
    const begin = performance.now();
    const usage = process.cpuUsage();
    await using queue = createBullQueue({ url, concurrency: 4, lockMs: 30_000, onError });
    queue.process(async () => undefined);
    let turns = 0;
    const timer = setInterval(() => void turns++, 20);
    await sleep(2000);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    const { user, system } = process.cpuUsage(usage);
    expect((user + system) / 1e3).toBeLessThan((performance.now() - begin) / 2);
    expect(onError.mock.calls.length).toBeLessThanOrEqual(mostErrors);
  },
);
