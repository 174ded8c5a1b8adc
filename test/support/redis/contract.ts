import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { eventually } from '../eventually.ts';
import type { StartRedis, TestRedis } from './source.ts';

/** The contract of a test Redis, on which the fault tests rely. */
export function describeTestRedisContract(start: StartRedis): void {
  async function open(server: TestRedis) {
    const redis = connect(server.url, () => undefined);
    onTestFinished(() => redis.disconnect());
    await once(redis, 'ready');
    return redis;
  }

  it('is empty, and durable by default', async () => {
    await using server = await start();
    const redis = await open(server);
    expect(await redis.dbsize()).toBe(0);
    expect(await redis.config('GET', 'append*')).toEqual(
      expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'always']),
    );
  });

  it('takes options', async () => {
    await using server = await start(['--maxmemory', '7mb']);
    expect(await (await open(server)).config('GET', 'maxmemory')).toEqual(['maxmemory', '7340032']);
  });

  it('is down after a kill, and has its data and address again after a start', async () => {
    await using server = await start();
    const redis = await open(server);
    await redis.set('kept', 'yes');
    await server.kill();
    await server.kill();
    await expect(redis.ping()).rejects.toThrow();
    await server.start();
    await eventually(async () => expect(await redis.get('kept')).toBe('yes'), 5000);
  });

  it('accepts connections and does not answer while frozen', async () => {
    await using server = await start();
    const redis = await open(server);
    await server.freeze();
    await expect(redis.ping()).rejects.toThrow('Command timed out');
    const other = connect(server.url, () => undefined);
    onTestFinished(() => other.disconnect());
    await once(other, 'connect');
    await server.thaw();
    await eventually(async () => expect(await other.ping()).toBe('PONG'), 5000);
  });

  it('can be disposed of in any state', async () => {
    for (const end of ['kill', 'freeze'] as const) {
      const server = await start();
      await server[end]();
      await server[Symbol.asyncDispose]();
      const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
      await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
    }
  });
}
