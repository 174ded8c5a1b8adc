import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import { eventually } from '../../support/eventually.ts';
import { tinyPackage } from '../../support/packages.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { serve } from '../../support/servers/serve.ts';
import { type Call, client } from '../support/client.ts';
import { load } from '../support/load.ts';

/** Each state is large enough to change the memory of Redis visibly. */
const packages = [tinyPackage('wide', 'maml', classifier(mlp([2, 160, 160])), { order: 1 })];
const STATE_BYTES = 107_000;

const taskOf = (n: number) => `task-${n}`;
/** Makes a different support set for each task, so that the state of another task would give a wrong answer. */
const supportOf = (n: number) => [
  { label: `low-${n}`, input: [-1, n / 50] },
  { label: `high-${n}`, input: [1, n / 100] },
  { label: `far-${n}`, input: [n / 70, -2] },
];
const predict = (call: Call, n: number) =>
  call('POST', `/tasks/${taskOf(n)}/predict`, {
    inputs: [
      [0.3, 0.1],
      [-0.4, -0.9],
    ],
  });

interface Cached {
  readonly call: Call;
  /** The test's connection to the Redis of the cache. */
  readonly cache: Redis;
  /** The right answer of each task. */
  readonly answers: readonly Record<string, number>[];
}

/** Starts a server with adapted tasks, memory for only a few states, and a separate Redis as its cache. */
async function start(tasks: number, statesInMemory: number): Promise<Cached> {
  const [store, cacheServer] = [
    await startRedis(),
    await startRedis(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru', '--maxmemory', '100mb']),
  ];
  for (const each of [store, cacheServer]) onTestFinished(() => each[Symbol.asyncDispose]());
  const { address } = await serve(
    { REDIS_URL: store.url, CACHE_REDIS_URL: cacheServer.url },
    { packages, MEMORY_CACHE_BYTES: statesInMemory * STATE_BYTES },
  );
  const cache = new Redis(cacheServer.url);
  onTestFinished(() => cache.disconnect());
  const call = client(address);
  const answers: Record<string, number>[] = [];
  for (let n = 0; n < tasks; n++) {
    const body = { model: 'wide', support: supportOf(n) };
    const adapted = () => call('POST', `/tasks/${taskOf(n)}/adapt`, body, { prefer: 'wait=20' });
    // A busy machine may refuse for a moment.
    await eventually(async () => expect(await adapted()).toMatchObject({ body: { status: 'succeeded' } }), {
      timeout: 30_000,
      interval: 200,
    });
    answers.push(probabilities((await predict(call, n)).body));
  }
  return { call, cache, answers };
}

const probabilities = (body: { predictions: { probabilities: Record<string, number> }[] }) =>
  Object.assign(
    {},
    ...body.predictions.map((each, row) =>
      Object.fromEntries(Object.entries(each.probabilities).map(([label, p]) => [`${row} ${label}`, p])),
    ),
  );

/** Compares answers with the right answers. */
function createChecker({ call, answers }: Cached) {
  const counts = { predictions: 0, bitEqual: 0, largestDifference: 0 };
  return {
    counts,
    async predict(n: number): Promise<void> {
      const task = n % answers.length;
      const answer = await predict(call, task);
      expect(answer.status).toBe(200);
      const [got, right] = [probabilities(answer.body), answers[task] ?? {}];
      expect(Object.keys(got)).toEqual(Object.keys(right));
      const difference = Math.max(
        ...Object.keys(right).map((key) => Math.abs(got[key] - (right[key] ?? NaN))),
      );
      expect(difference).toBeLessThanOrEqual(1e-6);
      counts.predictions += 1;
      if (difference === 0) counts.bitEqual += 1;
      counts.largestDifference = Math.max(counts.largestDifference, difference);
    },
  };
}

async function info(redis: Redis, field: string): Promise<number> {
  const [, value] = new RegExp(`^${field}:(\\d+)`, 'm').exec(await redis.info()) ?? [];
  return Number(value);
}

const PREDICTED = { timeout: 60_000, interval: 10 };

describeWithRedis('states that are lost', () => {
  it('are computed again with the same answers, even if the cache is flushed many times', async () => {
    const cached = await start(20, 3);
    const judge = createChecker(cached);
    await cached.cache.config('RESETSTAT');
    const predictions = load(4, judge.predict);
    let flushes = 0;
    for (; flushes < 30; flushes++) {
      await cached.cache.flushall();
      const enough = judge.counts.predictions + 20;
      await eventually(() => expect(judge.counts.predictions).toBeGreaterThan(enough), PREDICTED);
    }
    await predictions.stop();
    const [redis, recomputed] = [
      await info(cached.cache, 'keyspace_hits'),
      await info(cached.cache, 'keyspace_misses'),
    ];
    const memory = judge.counts.predictions - redis - recomputed;
    console.log(`cache flushed: ${JSON.stringify({ flushes, ...judge.counts, memory, redis, recomputed })}`);
    expect(recomputed).toBeGreaterThan(100);
  });

  it('evict each other from memory and cache, and every answer stays right', async () => {
    const cached = await start(200, 4);
    const judge = createChecker(cached);
    const { cache } = cached;
    await cache.flushall();
    const used = await info(cache, 'used_memory');
    await cache.config('SET', 'maxmemory', String(used + 10 * STATE_BYTES));
    await cache.config('RESETSTAT');
    // First in order, the worst case of a cache; then mostly the same few tasks, as usual for callers.
    const inOrder = load(2, judge.predict);
    await eventually(() => expect(judge.counts.predictions).toBeGreaterThan(600), PREDICTED);
    await inOrder.stop();
    const nearby = load(2, (n) => judge.predict(Math.floor(n / 30) + Math.floor(8 * ((n * 0.618) % 1) ** 2)));
    await eventually(() => expect(judge.counts.predictions).toBeGreaterThan(1800), PREDICTED);
    await nearby.stop();
    const [redis, recomputed] = [await info(cache, 'keyspace_hits'), await info(cache, 'keyspace_misses')];
    const memory = judge.counts.predictions - redis - recomputed;
    const evicted = await info(cache, 'evicted_keys');
    console.log(`eviction storm: ${JSON.stringify({ ...judge.counts, memory, redis, recomputed, evicted })}`);
    expect(evicted).toBeGreaterThan(100);
    for (const count of [memory, redis, recomputed]) expect(count).toBeGreaterThan(0);
  });
});
