import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeAdaptationQueueContract } from '../../support/contracts/adaptation-queue.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import {
  depthIs,
  emptied,
  expectAnnouncements,
  reconcileMs,
  ref,
  submitAll,
  testQueues,
  until,
  working,
} from './queues.ts';

let redis: TestRedis;
const { opened } = testQueues(() => redis);

describe('BullMQ queue', () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());
  beforeEach(() => emptied(redis));

  describeAdaptationQueueContract(() => opened());

  it('does not make a tenant wait for the backlog of another', async () => {
    const queue = await opened({ concurrency: 2 });
    const count = 500;
    await submitAll(
      queue,
      Array.from({ length: count }, (_, i) => ref(`a${i}`, 'a')),
    );
    for (let i = 0; i < 10; i++) {
      await queue.submit(ref(`b${i}`, 'b'));
      await queue.submit(ref(`c${i}`, 'c'));
    }
    const ran: string[] = [];
    queue.process(async ({ id }) => void ran.push(id));
    await depthIs(queue, 0, 25_000);
    const last = Math.max(...ran.flatMap((id, i) => (id.startsWith('a') ? [] : [i])));
    console.info(`of ${ran.length} runs, the last of the two small tenants was number ${last + 1}`);
    expect(new Set(ran).size).toBe(count + 20);
    expect(ran).toHaveLength(count + 20);
    expect(last).toBeLessThan(32);
  });

  it('distributes adaptations over processes, and runs each one once', async () => {
    const ran: string[][] = [[], [], []];
    const processes = await Promise.all(ran.map(() => opened({ concurrency: 4 })));
    const [first] = processes;
    if (!first) throw new Error('Expected a process');
    for (const [i, each] of processes.entries())
      each.process(async ({ id }) => {
        ran[i]?.push(id);
        await sleep(1);
      });
    await submitAll(
      first,
      Array.from({ length: 600 }, (_, i) => ref(`${i}`, `tenant ${i % 7}`)),
    );
    await depthIs(first, 0);
    console.info(`600 adaptations: ${ran.map(({ length }) => length).join(' + ')}`);
    expect(ran.flat()).toHaveLength(600);
    expect(new Set(ran.flat()).size).toBe(600);
    for (const { length } of ran) expect(length).toBeGreaterThan(0);
  });

  it('cancels an adaptation that another process runs', async () => {
    const [api, worker] = [await opened(), await opened({ concurrency: 2 })];
    const began: string[] = [];
    const ended = vi.fn();
    worker.process(
      until(
        ({ id }, reason) => ended(id, reason),
        ({ id }) => void began.push(id),
      ),
    );
    await api.submit(ref('a'));
    await api.submit(ref('b'));
    await eventually(() => expect(began).toHaveLength(2));
    await api.cancel(ref('a'));
    await eventually(() => expect(ended.mock.calls).toEqual([['a', 'cancelled']]));
    await depthIs(api, 1);
  });

  it('cancels one run, but not the next run of the same adaptation', async () => {
    const [api, worker] = [await opened(), await opened({ concurrency: 2 })];
    const signals: AbortSignal[] = [];
    worker.process(async (_, signal) => {
      signals.push(signal);
      await once(signal, 'abort');
    });
    await api.submit(ref('a'));
    for (let i = 0; i < 20; i++) {
      await eventually(() => expect(signals).toHaveLength(i + 1));
      await api.cancel(ref('a'));
      await api.submit(ref('a'));
    }
    await eventually(() => expect(signals).toHaveLength(21));
    await eventually(() => expect(signals.filter(({ aborted }) => aborted)).toHaveLength(20));
    expect(signals.at(-1)?.aborted).toBe(false);
  });

  it('notices a cancellation whose message was lost', async () => {
    const worker = await opened({ reconcileMs });
    const reasons: unknown[] = [];
    const began = deferred();
    worker.process(
      until(
        (_, reason) => void reasons.push(reason),
        () => began.resolve(),
      ),
    );
    await worker.submit(ref('a'));
    await began.promise;
    const client = new Redis(redis.url);
    await client.hdel('innerloop:{queue}:states', JSON.stringify(['acme', 'runes', 'a']));
    client.disconnect();
    await eventually(() => expect(reasons).toEqual(['cancelled']), 5000);
  });

  it('delivers announcements from another process', async () => {
    const [here, there] = [await opened(), await opened()];
    await expectAnnouncements(there, here);
  });

  it('wakes listeners periodically, in case an announcement is lost', async () => {
    const queue = await opened({ reconcileMs });
    let heard = 0;
    queue.subscribe(ref('a'), () => void heard++);
    await eventually(() => expect(heard).toBeGreaterThanOrEqual(2), 8000);
  });

  it('runs the adaptations of a killed process again', async () => {
    const lockMs = 1000;
    const queue = await opened({ lockMs });
    await queue.submit(ref('a'));
    await queue.submit(ref('b'));
    const child = working(redis, lockMs);
    const exited = once(child, 'exit');
    for await (const id of createInterface({ input: child.stdout })) {
      expect(id).toBe('a');
      child.kill('SIGKILL');
    }
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(await queue.depth()).toBe(2);
    const ran: string[] = [];
    queue.process(async ({ id }) => void ran.push(id));
    await depthIs(queue, 0);
    expect(ran.toSorted()).toEqual(['a', 'b']);
  });

  it('gives adaptations that a drain aborted to another process at once', async () => {
    const [leaving, staying] = [await opened({ concurrency: 2 }), await opened({ concurrency: 2 })];
    const began: string[] = [];
    leaving.process(
      until(
        () => undefined,
        ({ id }) => void began.push(id),
      ),
    );
    for (const id of ['a', 'b', 'c']) await leaving.submit(ref(id));
    await eventually(() => expect(began).toEqual(['a', 'b']));
    const ran: string[] = [];
    await leaving.drain();
    const drained = performance.now();
    staying.process(async ({ id }) => void ran.push(id));
    await depthIs(staying, 0);
    console.info(`handed over in ${Math.round(performance.now() - drained)} ms`);
    expect(performance.now() - drained).toBeLessThan(2000);
    expect(ran.toSorted()).toEqual(['a', 'b', 'c']);
    expect(ran.at(-1)).toBe('c');
  });

  it('adds the missing jobs of waiting adaptations', async () => {
    const queue = await opened();
    for (const id of ['a', 'b', 'c']) await queue.submit(ref(id));
    const client = new Redis(redis.url);
    await client.del(...(await client.keys('innerloop:{queue}:turns:*')));
    client.disconnect();
    const ran: string[] = [];
    queue.process(async ({ id }) => void ran.push(id));
    await depthIs(queue, 0);
    expect(ran).toEqual(['a', 'b', 'c']);
  });

  it('delivers an adaptation again if the job in which it ran has disappeared', async () => {
    const queue = await opened({ concurrency: 2 });
    const done = deferred();
    const ran: string[] = [];
    queue.process(({ id }) => {
      ran.push(id);
      return ran.length === 1 ? done.promise : Promise.resolve();
    });
    await queue.submit(ref('a'));
    await eventually(() => expect(ran).toEqual(['a']));
    const client = new Redis(redis.url);
    await client.del(...(await client.keys('innerloop:{queue}:turns:*')));
    client.disconnect();
    await queue.submit(ref('a'));
    await eventually(() => expect(ran).toEqual(['a', 'a']));
    done.resolve();
    await depthIs(queue, 0);
  });
});
