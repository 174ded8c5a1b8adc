import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AdaptationRef } from '../../../src/ports/adaptation-queue.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { depthIs, emptied, reconcileMs, ref, submitAll, testQueues } from './queues.ts';

let redis: TestRedis;
const { opened } = testQueues(() => redis);

describe('BullMQ queue, with processes of unequal packages', () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());
  beforeEach(() => emptied(redis));

  const packageWaitMs = 1000;
  const needing = ({ id }: AdaptationRef) => `sha256:${id.split('-')[0]}`;

  /** A worker process with these packages. Returns the adaptations that it has run, and those that it has failed. */
  async function worker(digests: readonly string[]) {
    const queue = await opened({ packageWaitMs, reconcileMs });
    const ran: string[] = [];
    const failed: string[] = [];
    queue.process(async (given) => {
      const needed = needing(given);
      if (digests.includes(needed)) ran.push(given.id);
      else if (!(await queue.leaveToOthers(given, needed))) failed.push(given.id);
    }, digests);
    return { queue, ran, failed };
  }

  it('leaves adaptations that it cannot run to other processes, and runs the ones behind them', async () => {
    const old = await worker(['sha256:a']);
    const ids = Array.from({ length: 20 }, (_, i) => (i < 10 ? `b-${i}` : `a-${i}`));
    await submitAll(
      old.queue,
      ids.map((id) => ref(id)),
    );
    await eventually(() => expect(old.ran).toHaveLength(10), 10_000);
    expect(old.failed).toEqual([]);
    const both = await worker(['sha256:a', 'sha256:b']);
    await depthIs(old.queue, 0);
    expect(both.ran.toSorted()).toEqual(ids.slice(0, 10).toSorted());
    expect(old.failed.concat(both.failed)).toEqual([]);
  });

  it('fails an adaptation once, if no live process has had its package for some time', async () => {
    const lone = await worker(['sha256:a']);
    const begin = performance.now();
    for (const id of ['b-1', 'a-1', 'c-1', 'a-2']) await lone.queue.submit(ref(id));
    await depthIs(lone.queue, 0);
    expect(performance.now() - begin).toBeGreaterThan(packageWaitMs);
    expect(lone.ran).toEqual(['a-1', 'a-2']);
    expect(lone.failed.toSorted()).toEqual(['b-1', 'c-1']);
  });

  it('waits while a live process has the package, but not for a process that has ended', async () => {
    const lone = await worker(['sha256:a']);
    const busy = await opened({ packageWaitMs, reconcileMs });
    const began = deferred();
    const done = deferred();
    const ran: string[] = [];
    busy.process(
      async ({ id }) => {
        ran.push(id);
        began.resolve();
        await done.promise;
      },
      ['sha256:b'],
    );
    await lone.queue.submit(ref('b-1'));
    await began.promise;
    await lone.queue.submit(ref('b-2'));
    await sleep(2 * packageWaitMs);
    expect(lone.failed).toEqual([]);
    done.resolve();
    await depthIs(lone.queue, 0);
    expect(ran).toEqual(['b-1', 'b-2']);
    await busy[Symbol.asyncDispose]();
    await lone.queue.submit(ref('b-3'));
    await depthIs(lone.queue, 0);
    expect(lone.failed).toEqual(['b-3']);
  });

  it('removes adaptations that are cancelled, or that end in a process of an older version', async () => {
    const lone = await worker(['sha256:a']);
    const client = new Redis(redis.url);
    const left = (count: number) =>
      eventually(async () => expect(await client.hlen('innerloop:{queue}:needs')).toBe(count), 5000);
    await lone.queue.submit(ref('b-1'));
    await left(1);
    await lone.queue.cancel(ref('b-1'));
    await left(0);
    await lone.queue.submit(ref('b-2'));
    await left(1);
    await client.del(
      'innerloop:{queue}:states',
      'innerloop:{queue}:waiting:acme',
      'innerloop:{queue}:tenants',
    );
    await left(0);
    client.disconnect();
    expect(lone.failed).toEqual([]);
  });
});
