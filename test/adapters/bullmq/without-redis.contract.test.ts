import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AdaptationQueue } from '../../../src/ports/adaptation-queue.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { depthIs, expectAnnouncements, ref, submitAll, testQueues, until, working } from './queues.ts';

let redis: TestRedis;
const { open, opened } = testQueues(() => redis);

describe('BullMQ queue without its Redis', () => {
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis[Symbol.asyncDispose]());

  const unavailable = async (work: () => Promise<unknown>) => {
    const begin = performance.now();
    await expect(work()).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - begin).toBeLessThan(1500);
  };
  const everythingIsUnavailable = async (queue: AdaptationQueue) => {
    await unavailable(() => queue.submit(ref('x')));
    await unavailable(() => queue.cancel(ref('x')));
    await unavailable(() => queue.depth());
    // Announcements may be lost without an error.
    await queue.announce(ref('x'));
  };

  it('runs all adaptations that were queued or running when Redis was killed', async () => {
    const queue = await opened({ concurrency: 2, lockMs: 2000 });
    const ran: string[] = [];
    const gate = deferred();
    queue.process(async ({ id }) => {
      ran.push(id);
      await gate.promise;
    });
    const all = Array.from({ length: 200 }, (_, i) => ref(`${i}`, `tenant ${i % 3}`));
    await submitAll(queue, all);
    await eventually(() => expect(ran).toHaveLength(2));
    await redis.kill();
    await everythingIsUnavailable(queue);
    gate.resolve();
    await redis.start();
    await eventually(() => queue.depth(), 5000);
    await depthIs(queue, 0, 20_000);
    console.info(`${new Set(ran).size} of 200 ran after the restart, in ${ran.length} deliveries`);
    expect(new Set(ran).size).toBe(200);
    await expectAnnouncements(queue, queue);
  });

  it('fails fast while Redis does not answer, and works again afterwards', async () => {
    const queue = await opened();
    redis.freeze();
    await everythingIsUnavailable(queue);
    redis.thaw();
    await eventually(() => queue.submit(ref('a')), 5000);
    const ran: string[] = [];
    queue.process(async ({ id }) => void ran.push(id));
    await eventually(() => expect(ran).toContain('a'), 5000);
  });

  it('starts without Redis, and works as soon as Redis is available', async () => {
    await redis.kill();
    const onError = vi.fn();
    const queue = open({ onError });
    const ran: string[] = [];
    queue.process(async ({ id }) => void ran.push(id));
    let heard = 0;
    queue.subscribe(ref('a'), () => void heard++);
    await everythingIsUnavailable(queue);
    await eventually(() => expect(onError).toHaveBeenCalled(), 5000);
    await redis.start();
    await eventually(() => queue.submit(ref('a')), 5000);
    await eventually(() => expect(ran).toEqual(['a']), 10_000);
    await eventually(() => expect(heard).toBeGreaterThan(0), 5000);
    await expectAnnouncements(queue, queue);
    expect(onError.mock.calls.length).toBeGreaterThan(0);
    expect(onError.mock.calls.length).toBeLessThan(10);
  });

  it('does not keep a process alive after it is closed, with or without Redis', async () => {
    const child = working(redis, 30_000);
    const exited = once(child, 'exit');
    await opened().then((queue) => queue.submit(ref('a')));
    await once(child.stdout, 'data');
    await redis.kill();
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it.each(['killed', 'frozen', 'never there'] as const)('closes when Redis is %s', async (how) => {
    if (how === 'never there') await redis.kill();
    const queue = how === 'never there' ? open() : await opened();
    const began = deferred();
    queue.process(
      until(
        () => undefined,
        () => began.resolve(),
      ),
    );
    if (how !== 'never there') {
      await queue.submit(ref('a'));
      await began.promise;
    }
    if (how === 'killed') await redis.kill();
    if (how === 'frozen') redis.freeze();
    const begin = performance.now();
    await queue[Symbol.asyncDispose]();
    console.info(`closed with Redis ${how} in ${Math.round(performance.now() - begin)} ms`);
    expect(performance.now() - begin).toBeLessThan(4000);
  });
});
