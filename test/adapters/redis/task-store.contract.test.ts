import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisTaskStore } from '../../../src/adapters/redis/tasks/task-store.ts';
import { describeTaskStoreContract } from '../../support/contracts/task-store.ts';
import { eventually } from '../../support/eventually.ts';
import { draftOf, givenSupport, plenty, supportOf, taskDraft } from '../../support/examples.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';

describeWithRedis('Redis task store', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = connect(server.url, () => undefined);
    await new Promise((resolve) => redis.once('ready', resolve));
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => redis.flushall());

  describeTaskStoreContract(async (quota) => {
    await redis.flushall();
    return createRedisTaskStore({ redis, quota });
  });

  it('leaves no listener on the connection after it is closed', async () => {
    const listeners = () => redis.listenerCount('ready');
    const before = listeners();
    for (let i = 0; i < 20; i++) await createRedisTaskStore({ redis, quota: plenty })[Symbol.asyncDispose]();
    expect(listeners()).toBe(before);
  });

  it('lets many processes change one task at once', async () => {
    const stores = Array.from({ length: 4 }, () => createRedisTaskStore({ redis, quota: plenty }));
    onTestFinished(async () => {
      for (const each of stores) await each[Symbol.asyncDispose]();
    });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        stores[i % 4]?.accept(draftOf(`id${i}`), supportOf(['a', 'b'], i), taskDraft),
      ),
    );
    const sequences = answers.map((answer) => answer?.adaptation.sequence);
    expect(new Set(sequences).size).toBe(40);
    expect(await stores[0]?.usage('acme')).toMatchObject({ tasks: 1, examples: 80, queued: 40 });
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        stores[(i + 1) % 4]?.update('acme', 'runes', `id${i}`, (each) => ({ ...each, status: 'succeeded' })),
      ),
    );
    expect(await stores[0]?.task('acme', 'runes')).toMatchObject({
      current: answers.find((each) => each?.adaptation.sequence === 40)?.adaptation.id,
    });
    expect(await stores[0]?.usage('acme')).toMatchObject({ queued: 0 });
  });

  it('accepts a request with an idempotency key once, even if many processes send it', async () => {
    const stores = Array.from({ length: 4 }, () => createRedisTaskStore({ redis, quota: plenty }));
    onTestFinished(async () => {
      for (const each of stores) await each[Symbol.asyncDispose]();
    });
    const idempotency = { key: 'k1', digest: 'sha256:one' };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        stores[i % 4]?.accept(draftOf(`id${i}`), supportOf(['a', 'b'], i), taskDraft, { idempotency }),
      ),
    );
    expect(new Set(answers.map((answer) => answer?.adaptation.id)).size).toBe(1);
    expect(answers.filter((answer) => answer?.accepted)).toHaveLength(1);
    expect(await stores[0]?.usage('acme')).toMatchObject({ examples: 2, queued: 1 });
  });

  it('deletes all data of a deleted task', async () => {
    await using store = createRedisTaskStore({ redis, quota: plenty });
    const idempotency = { key: 'k/1', digest: 'sha256:one' };
    await store.accept(draftOf('one'), supportOf(['a', 'b']), taskDraft, { idempotency });
    await store.deleteTask('acme', 'runes');
    expect((await redis.keys('*')).sort()).toEqual(['innerloop:tenants', 'innerloop:{acme}:usage']);
  });

  it('continues a listing after items that are deleted during it', async () => {
    await using store = createRedisTaskStore({ redis, quota: plenty });
    for (const id of ['a', 'b', 'c']) await store.putTask({ ...taskDraft, id });
    for (const id of ['one', 'two', 'three'])
      await store.accept(draftOf(id), supportOf(['a', 'b']), taskDraft);
    // This is the state that a listing finds if it has read the ids before the deletion.
    await redis.del('innerloop:{acme}:task:b');
    await redis.hdel('innerloop:{acme}:task:runes', 'a:two');
    const tasks = await store.tasks('acme', { limit: 2 });
    expect(tasks).toMatchObject({ data: [{ id: 'a' }], nextCursor: 'b' });
    expect(await store.tasks('acme', { limit: 2, after: 'b' })).toMatchObject({
      data: [{ id: 'c' }, { id: 'runes' }],
      nextCursor: null,
    });
    const adaptations = await store.adaptations('acme', 'runes', { limit: 2 });
    expect(adaptations).toMatchObject({ data: [{ id: 'three' }], nextCursor: '2' });
    expect(await store.adaptations('acme', 'runes', { limit: 2, after: '2' })).toMatchObject({
      data: [{ id: 'one' }],
      nextCursor: null,
    });
  });

  it('stores all data of a tenant in one slot of a cluster', async () => {
    await using store = createRedisTaskStore({ redis, quota: plenty });
    await store.accept(draftOf('one'), supportOf(['a', 'b']), taskDraft);
    const own = (await redis.keys('*')).filter((key) => key !== 'innerloop:tenants');
    expect(own.length).toBeGreaterThan(3);
    expect(own.filter((key) => !key.startsWith('innerloop:{acme}:'))).toEqual([]);
  });

  it('reports that Redis is full, still deletes, and then writes again', async () => {
    await using small = await startRedis(['--maxmemory', '4mb', '--maxmemory-policy', 'noeviction']);
    const connection = connect(small.url, () => undefined);
    onTestFinished(() => connection.disconnect());
    await new Promise((resolve) => connection.once('ready', resolve));
    const opened = () => createRedisTaskStore({ redis: connection, quota: plenty });
    const store = opened();
    const accept = (i: number) => store.accept(draftOf(`id${i}`), large(i), taskDraft);
    const fill = async () => {
      for (let i = 0; i < 1000; i += 1) await accept(i);
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('full'),
      details: { retryAfterSeconds: 60 },
    });
    const { data } = await store.adaptations('acme', 'runes', { limit: 1000 });
    expect(data.length).toBeGreaterThan(1);
    expect(await store.usage('acme')).toMatchObject({ queued: data.length });
    // As after a restart: the store needs no tenant data in memory.
    expect(await opened().deleteTask('acme', 'runes')).not.toBeNull();
    expect(await store.usage('acme')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    expect(await store.unfinished()).toEqual([]);
    // UNLINK frees memory in the background.
    await eventually(() => accept(0));
  });

  it('answers within a second that Redis cannot be reached, if it is down or hangs', async () => {
    const errors: Error[] = [];
    await using other = await startRedis();
    const connection = connect(other.url, (error) => errors.push(error));
    const store = createRedisTaskStore({ redis: connection, quota: plenty });
    await new Promise((resolve) => connection.once('ready', resolve));
    const refused = async () => {
      const started = performance.now();
      await expect(store.task('acme', 'runes')).rejects.toMatchObject({
        code: 'unavailable',
        details: { retryAfterSeconds: 1 },
      });
      expect(performance.now() - started).toBeLessThan(1000);
    };
    other.freeze();
    await refused();
    other.thaw();
    await other.kill();
    await refused();
    await other.start();
    await expect
      .poll(() => store.task('acme', 'runes').catch(() => 'unavailable'), { timeout: 5000 })
      .toBeNull();
    connection.disconnect();
  });
});

/** A support set of 80 kB. */
function large(start: number) {
  return givenSupport(
    ['a', 'b'].map((label, n) => ({ label, x: Array.from({ length: 10_000 }, () => start + n / 2) })),
  );
}
