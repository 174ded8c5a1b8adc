import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { connect, type RedisPurpose } from '../../../src/adapters/redis/connection.ts';
import { checkInfo, checkRedis } from '../../../src/adapters/redis/requirements.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';

async function open(url: string): Promise<Redis> {
  const redis = connect(url, () => undefined);
  onTestFinished(() => redis.disconnect());
  await once(redis, 'ready');
  return redis;
}

const bounded = ['--maxmemory', '100mb'];
const evicts = [...bounded, '--maxmemory-policy', 'allkeys-lru'];

describeWithRedis('what a Redis must be', () => {
  it.each<[string, RedisPurpose, string[]]>([
    ['has bounded memory and evicts nothing', 'store', ['--appendonly', 'yes', ...bounded]],
    ['writes no file', 'queue', []],
    ['evicts unused data', 'cache', evicts],
    ['evicts what ends soonest', 'cache', [...bounded, '--maxmemory-policy', 'volatile-ttl']],
  ])('accepts a Redis that %s, as %s', async (_what, purpose, options) => {
    await using server = await startRedis(options);
    expect(await checkRedis(await open(server.url), purpose)).toEqual({ refusals: [], warnings: [] });
  });

  it.each<[string, RedisPurpose, string[], RegExp]>([
    ['evicts', 'store', ['--appendonly', 'yes', ...evicts], /policy is allkeys-lru.*set it to noeviction/],
    ['evicts what has an end', 'queue', ['--maxmemory-policy', 'volatile-lru'], /policy is volatile-lru/],
    [
      'is a node of a cluster',
      'store',
      ['--appendonly', 'yes', ...bounded, '--cluster-enabled', 'yes'],
      /without cluster/,
    ],
    ['is a node of a cluster', 'cache', [...evicts, '--cluster-enabled', 'yes'], /without cluster/],
  ])('refuses a Redis that %s, as %s', async (_what, purpose, options, words) => {
    await using server = await startRedis(options);
    expect(await checkRedis(await open(server.url), purpose)).toEqual({
      refusals: [expect.stringMatching(words)],
      warnings: [],
    });
  });

  it.each<[string, RedisPurpose, string[], RegExp]>([
    ['has no bound', 'store', ['--appendonly', 'yes'], /no maxmemory.*kills it\. Set maxmemory/],
    ['writes no file', 'store', bounded, /is lost.*appendonly to yes/],
    ['makes snapshots only', 'store', ['--save', '60 1', ...bounded], /since its last snapshot/],
    ['has no bound', 'cache', [], /no maxmemory/],
    ['is bounded and keeps all', 'cache', bounded, /not cached.*allkeys-lru/],
  ])('warns about a Redis that %s, as %s', async (_what, purpose, options, words) => {
    await using server = await startRedis(options);
    expect(await checkRedis(await open(server.url), purpose)).toEqual({
      refusals: [],
      warnings: [expect.stringMatching(words)],
    });
  });

  it('refuses a replica', async () => {
    await using primary = await startRedis();
    await using replica = await startRedis(['--replicaof', '127.0.0.1', new URL(primary.url).port]);
    const { refusals } = await checkRedis(await open(replica.url), 'queue');
    expect(refusals).toEqual([expect.stringContaining('the address of its primary')]);
  });

  it('warns about a cache in the same Redis as the store, also in another database', async () => {
    await using server = await startRedis([...bounded]);
    await using other = await startRedis(evicts);
    const [store, cache, apart] = await Promise.all([server.url, `${server.url}/1`, other.url].map(open));
    if (!store || !cache || !apart) throw new Error('Expected three connections');
    expect(await checkRedis(cache, 'cache', [apart, store])).toEqual({
      refusals: [],
      warnings: [expect.stringContaining('set CACHE_REDIS_URL to another Redis')],
    });
    expect(await checkRedis(apart, 'cache', [store])).toEqual({ refusals: [], warnings: [] });
    await server.kill();
    expect(await checkRedis(apart, 'cache', [store])).toEqual({ refusals: [], warnings: [] });
  });

  it.each([
    ['5.0.14', false],
    ['6.0.16', false],
    ['6.2.0', true],
    ['7.4.1', true],
    ['10.0.0', true],
    [undefined, false],
  ])('of version %s: %s', (version, isEnough) => {
    const { refusals } = checkInfo(version === undefined ? {} : { redis_version: version }, 'cache');
    expect(refusals).toEqual(isEnough ? [] : [expect.stringContaining(`got version ${version ?? 'none'}`)]);
  });

  it('warns about settings that a managed Redis hides, but does not refuse it', () => {
    expect(checkInfo({ redis_version: '7.2.4' }, 'store')).toEqual({
      refusals: [],
      warnings: [expect.stringContaining('does not show its maxmemory-policy'), expect.anything()],
    });
  });

  it('says that a Redis cannot be reached', async () => {
    await using server = await startRedis();
    const redis = await open(server.url);
    await server.kill();
    await expect(checkRedis(redis, 'store')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
