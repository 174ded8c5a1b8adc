import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  connect,
  connectWorker,
  firstAnswer,
  withStoreErrors,
} from '../../../src/adapters/redis/connection.ts';
import { eventually } from '../../support/eventually.ts';
import { adminOf, replicate, urlOfUser } from '../../support/redis/admin.ts';
import { startProxy } from '../../support/redis/proxy.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';

async function another(options?: readonly string[]): Promise<TestRedis> {
  const redis = await startRedis(options);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

const makers: Record<string, (url: string, onError: (error: Error) => void) => Redis> = {
  'of requests': (url, onError) => {
    const redis = connect(url, onError);
    onTestFinished(() => redis.disconnect());
    return redis;
  },
  'of a worker': (url, onError) => {
    const { redis, end } = connectWorker(url, onError);
    onTestFinished(end);
    return redis;
  },
  'that a worker blocks on': (url, onError) => {
    const { redis, end } = connectWorker(url, onError);
    onTestFinished(end);
    return redis.duplicate();
  },
};

describeWithRedis('a connection', () => {
  it.each(Object.entries(makers))('%s never becomes ready on another database', async (_what, make) => {
    const redis = await another(['--databases', '2']);
    for (const database of ['2', '15', '99999999999']) {
      const errors: Error[] = [];
      const connection = make(`${redis.url}/${database}`, (error) => errors.push(error));
      const onReady = vi.fn();
      connection.on('ready', onReady);
      // The limit is three attempts in a row.
      await eventually(() => expect(errors.length).toBeGreaterThanOrEqual(3));
      expect(errors[0]?.message).toMatch(/DB index|out of range/);
      expect(onReady).not.toHaveBeenCalled();
    }
    const allowed = make(`${redis.url}/1`, () => undefined);
    await once(allowed, 'ready');
    await allowed.set('a', 1);
    expect(await adminOf(redis.url).dbsize()).toBe(0);
  });

  it.each(Object.entries(makers))(
    '%s disconnects from a replica and connects to the new primary',
    async (_what, make) => {
      const [old, next] = [await another(), await another()];
      const proxy = await startProxy(old.url);
      onTestFinished(() => proxy[Symbol.asyncDispose]());
      const connection = make(proxy.url, () => undefined);
      await once(connection, 'ready');
      await connection.eval("return redis.call('SET', KEYS[1], 1)", 1, 'before');
      await replicate(next.url, old.url);
      await adminOf(next.url).call('REPLICAOF', 'NO', 'ONE');
      await replicate(old.url, next.url);
      proxy.lead(next.url);
      const begin = performance.now();
      await eventually(() => connection.eval("return redis.call('SET', KEYS[1], 1)", 1, 'after'), {
        timeout: 5000,
      });
      expect(performance.now() - begin).toBeLessThan(3000);
      expect(await adminOf(next.url).get('after')).toBe('1');
    },
  );

  it('takes answers that arrived in time while this process was busy', async () => {
    const errors: Error[] = [];
    const connection = connect((await another()).url, (error) => errors.push(error));
    onTestFinished(() => connection.disconnect());
    await once(connection, 'ready');
    const answers = [connection.ping(), connection.multi().set('a', 1).get('a').exec()];
    const end = performance.now() + 1000;
    while (performance.now() < end);
    expect(await Promise.all(answers)).toEqual([
      'PONG',
      [
        [null, 'OK'],
        [null, '1'],
      ],
    ]);
    expect(await connection.ping()).toBe('PONG');
    expect(errors).toEqual([]);
  });

  it.each([100, 1000])('is closed when no answer comes within %i ms, and opened again', async (answerMs) => {
    const redis = await another();
    const errors: Error[] = [];
    const connection = connect(redis.url, (error) => errors.push(error), { answerMs });
    onTestFinished(() => connection.disconnect());
    await once(connection, 'ready');
    await redis.freeze();
    const begin = performance.now();
    const closed = new Promise((resolve) => connection.once('close', resolve));
    // Each command fails after its own time; the connection waits longer.
    while (connection.status === 'ready') {
      await expect(connection.ping()).rejects.toThrow();
      await setTimeout(5);
    }
    await closed;
    const ms = performance.now() - begin;
    const [message = '', ...others] = errors.map((each) => each.message);
    const [, silentMs] = /^No answer for (\d+) ms: the connection is closed$/.exec(message) ?? [];
    expect(Number(silentMs)).toBeGreaterThanOrEqual(Math.max(answerMs, 700) - 1);
    expect(Number(silentMs)).toBeLessThanOrEqual(ms);
    expect(others).toEqual([]);
    await redis.thaw();
    await eventually(async () => expect(await connection.ping()).toBe('PONG'), 5000);
  });

  it('to a replica is closed at most once a second, not at each write, while there is no primary', async () => {
    const [primary, replica] = [await another(), await another()];
    await replicate(replica.url, primary.url);
    const connection = makers['of requests']?.(replica.url, () => undefined) as Redis;
    await once(connection, 'ready');
    let reconnects = 0;
    connection.on('ready', () => void reconnects++);
    const refused = vi.fn();
    const begin = performance.now();
    while (performance.now() - begin < 2500) {
      await withStoreErrors(() => connection.set('a', 1)).catch(refused);
      await new Promise(setImmediate);
    }
    expect(reconnects).toBeGreaterThanOrEqual(1);
    expect(reconnects).toBeLessThanOrEqual(6);
    expect(refused.mock.calls.some(([{ message }]) => /takes no writes/.test(message))).toBe(true);
  });

  it('tells whether Redis is ready, refuses it, or does not answer', async () => {
    const redis = await another();
    const answerOf = (url: string) =>
      firstAnswer(makers['of requests']?.(url, () => undefined) as Redis, 1500);
    expect(await answerOf(redis.url)).toBe('ready');
    expect(await answerOf(await urlOfUser(redis.url))).toBe('ready');
    expect(await answerOf(redis.url.replace('://', '://app:wrong@'))).toEqual({
      refusal: expect.stringContaining('WRONGPASS'),
    });
    expect(await answerOf(`${redis.url}/99`)).toEqual({ refusal: expect.stringContaining('DB index') });
    await adminOf(redis.url).config('SET', 'requirepass', 'secret');
    expect(await answerOf(redis.url)).toEqual({ refusal: expect.stringContaining('NOAUTH') });
    await redis.kill();
    expect(await answerOf(redis.url)).toBe('none');
  });
});
