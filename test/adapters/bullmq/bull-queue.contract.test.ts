import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BullQueueOptions, createBullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';
import type { AdaptationQueue, AdaptationRef } from '../../../src/ports/adaptation-queue.ts';
import { describeAdaptationQueueContract } from '../../support/contracts/adaptation-queue.ts';
import { deferred } from '../../support/deferred.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';

const ref = (id: string, tenant = 'acme'): AdaptationRef => ({ tenant, task: 'runes', id });
const script = fileURLToPath(new URL('../../support/processes/queue-process.ts', import.meta.url));

let redis: TestRedis;
let queues: AdaptationQueue[];

/** The queue of one process. Many queues can share a Redis. */
function open(options: Partial<BullQueueOptions> = {}): AdaptationQueue {
  const queue = createBullQueue({
    url: redis.url,
    concurrency: 1,
    lockMs: 30_000,
    onError: () => undefined,
    ...options,
  });
  queues.push(queue);
  return queue;
}

async function opened(options: Partial<BullQueueOptions> = {}): Promise<AdaptationQueue> {
  const queue = open(options);
  await vi.waitFor(() => queue.depth(), 5000);
  return queue;
}

const depthIs = (queue: AdaptationQueue, depth: number, timeout = 10_000) =>
  vi.waitFor(async () => expect(await queue.depth()).toBe(depth), { timeout });

/** Submits adaptations in order, with many submissions in progress at a time. */
async function submitAll(queue: AdaptationQueue, refs: readonly AdaptationRef[]): Promise<void> {
  for (let i = 0; i < refs.length; i += 100)
    await Promise.all(refs.slice(i, i + 100).map((each) => queue.submit(each)));
}

/** A handler that records each start, and ends when its signal aborts. */
function until(abort: (began: AdaptationRef, reason: unknown) => void, begin: (ref: AdaptationRef) => void) {
  return async (given: AdaptationRef, signal: AbortSignal): Promise<void> => {
    begin(given);
    await once(signal, 'abort');
    abort(given, signal.reason);
  };
}

/** Starts a separate process that works on the queue. */
function working(lockMs: number) {
  return spawn(process.execPath, ['--import', 'tsx', script, redis.url, String(lockMs)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Expects every announcement to arrive sooner than the periodic wake-up of listeners. */
async function expectAnnouncements(from: AdaptationQueue, to: AdaptationQueue): Promise<void> {
  let heard = 0;
  const leave = to.subscribe(ref('news'), () => void heard++);
  for (let i = 0; i < 10; i++) {
    const before = heard;
    await from.announce(ref('news'));
    await vi.waitFor(() => expect(heard).toBeGreaterThan(before), { interval: 5 });
  }
  leave();
}

async function emptied(): Promise<void> {
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
}

beforeEach(() => {
  queues = [];
});
afterEach(async () => {
  await Promise.all(queues.map((queue) => queue[Symbol.asyncDispose]()));
});

describe('BullMQ queue', () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis[Symbol.asyncDispose]());
  beforeEach(emptied);

  describeAdaptationQueueContract(() => opened());

  it('does not make a tenant wait for the backlog of another', async () => {
    const queue = await opened({ concurrency: 2 });
    const count = 2000;
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
    await depthIs(queue, 0, 50_000);
    const last = Math.max(...ran.flatMap((id, i) => (id.startsWith('a') ? [] : [i])));
    console.info(`of ${ran.length} runs, the last of the two small tenants was number ${last + 1}`);
    expect(new Set(ran).size).toBe(count + 20);
    expect(ran).toHaveLength(count + 20);
    expect(last).toBeLessThan(32);
  }, 60_000);

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
    await vi.waitFor(() => expect(began).toHaveLength(2));
    await api.cancel(ref('a'));
    await vi.waitFor(() => expect(ended.mock.calls).toEqual([['a', 'cancelled']]));
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
      await vi.waitFor(() => expect(signals).toHaveLength(i + 1));
      await api.cancel(ref('a'));
      await api.submit(ref('a'));
    }
    await vi.waitFor(() => expect(signals).toHaveLength(21));
    await vi.waitFor(() => expect(signals.filter(({ aborted }) => aborted)).toHaveLength(20));
    expect(signals.at(-1)?.aborted).toBe(false);
  });

  it('notices a cancellation whose message was lost', async () => {
    const worker = await opened();
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
    await vi.waitFor(() => expect(reasons).toEqual(['cancelled']), 5000);
  });

  it('delivers announcements from another process', async () => {
    const [here, there] = [await opened(), await opened()];
    await expectAnnouncements(there, here);
  });

  it('wakes listeners periodically, in case an announcement is lost', async () => {
    const queue = await opened();
    let heard = 0;
    queue.subscribe(ref('a'), () => void heard++);
    await vi.waitFor(() => expect(heard).toBeGreaterThanOrEqual(2), 8000);
  });

  it('runs the adaptations of a killed process again', async () => {
    const lockMs = 1000;
    const queue = await opened({ lockMs });
    await queue.submit(ref('a'));
    await queue.submit(ref('b'));
    const child = working(lockMs);
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
    await vi.waitFor(() => expect(began).toEqual(['a', 'b']));
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

  describe('with processes of unequal packages', () => {
    const packageWaitMs = 2000;
    const needing = ({ id }: AdaptationRef) => `sha256:${id.split('-')[0]}`;

    /** A worker process with these packages. Returns the adaptations that it has run, and those that it has failed. */
    async function worker(digests: readonly string[], options: Partial<BullQueueOptions> = {}) {
      const queue = await opened({ packageWaitMs, ...options });
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
      await vi.waitFor(() => expect(old.ran).toHaveLength(10), 10_000);
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
      const busy = await opened({ packageWaitMs });
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
      await depthIs(lone.queue, 0, 25_000);
      expect(lone.failed).toEqual(['b-3']);
    }, 60_000);

    it('removes adaptations that are cancelled, or that end in a process of an older version', async () => {
      const lone = await worker(['sha256:a']);
      const client = new Redis(redis.url);
      const left = (count: number) =>
        vi.waitFor(async () => expect(await client.hlen('innerloop:{queue}:needs')).toBe(count), 5000);
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

  it.each([
    ['may not call INFO', ['-info'], 20],
    ['may not run scripts', ['-eval', '-evalsha'], 60],
    ['may not write hashes', ['-hset', '-hmset', '-zadd'], 60],
    ['may not subscribe', ['-subscribe'], 20],
  ] as const)('does not retry in a tight loop as a Redis user who %s', async (_what, rules, mostErrors) => {
    const onError = vi.fn();
    const client = new Redis(redis.url);
    await client.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', '~*', '&*', '+@all', ...rules);
    client.disconnect();
    const begin = performance.now();
    const usage = process.cpuUsage();
    const queue = open({ url: redis.url.replace('://', '://app:pw@'), concurrency: 4, onError });
    queue.process(async () => undefined);
    let turns = 0;
    const timer = setInterval(() => void turns++, 20);
    await sleep(2000);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    const { user, system } = process.cpuUsage(usage);
    expect((user + system) / 1e3).toBeLessThan((performance.now() - begin) / 2);
    expect(onError.mock.calls.length).toBeLessThanOrEqual(mostErrors);
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
    await vi.waitFor(() => expect(ran).toEqual(['a']));
    const client = new Redis(redis.url);
    await client.del(...(await client.keys('innerloop:{queue}:turns:*')));
    client.disconnect();
    await queue.submit(ref('a'));
    await vi.waitFor(() => expect(ran).toEqual(['a', 'a']));
    done.resolve();
    await depthIs(queue, 0);
  });
});

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
    await vi.waitFor(() => expect(ran).toHaveLength(2));
    await redis.kill();
    await everythingIsUnavailable(queue);
    gate.resolve();
    await redis.start();
    await vi.waitFor(() => queue.depth(), 5000);
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
    await vi.waitFor(() => queue.submit(ref('a')), 5000);
    const ran: string[] = [];
    queue.process(async ({ id }) => void ran.push(id));
    await vi.waitFor(() => expect(ran).toContain('a'), 5000);
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
    await vi.waitFor(() => expect(onError).toHaveBeenCalled(), 5000);
    await redis.start();
    await vi.waitFor(() => queue.submit(ref('a')), 5000);
    await vi.waitFor(() => expect(ran).toEqual(['a']), 10_000);
    await vi.waitFor(() => expect(heard).toBeGreaterThan(0), 5000);
    await expectAnnouncements(queue, queue);
    expect(onError.mock.calls.length).toBeGreaterThan(0);
    expect(onError.mock.calls.length).toBeLessThan(10);
  });

  it('does not keep a process alive after it is closed, with or without Redis', async () => {
    const child = working(30_000);
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
