import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect } from 'vitest';
import { type BullQueueOptions, createBullQueue } from '../../../src/adapters/bullmq/bull-queue.ts';
import type { AdaptationQueue, AdaptationRef } from '../../../src/ports/adaptation-queue.ts';
import { eventually } from '../../support/eventually.ts';
import type { TestRedis } from '../../support/redis/redis.ts';
import { processFile } from '../../support/tiers/processes.ts';

const script = processFile('queue-process');

/** More often than by default, for tests that wait for reconciliations. */
export const reconcileMs = 500;

export const ref = (id: string, tenant = 'acme'): AdaptationRef => ({ tenant, task: 'runes', id });

export interface TestQueues {
  /** The queue of one process. Many queues can share a Redis. It is closed after the running test. */
  open(options?: Partial<BullQueueOptions>): AdaptationQueue;
  /** As `open`, after it has reached Redis. */
  opened(options?: Partial<BullQueueOptions>): Promise<AdaptationQueue>;
}

export function testQueues(redis: () => TestRedis): TestQueues {
  let queues: AdaptationQueue[] = [];
  beforeEach(() => {
    queues = [];
  });
  afterEach(async () => {
    await Promise.all(queues.map((queue) => queue[Symbol.asyncDispose]()));
  });
  function open(options: Partial<BullQueueOptions> = {}): AdaptationQueue {
    const queue = createBullQueue({
      url: redis().url,
      concurrency: 1,
      lockMs: 30_000,
      onError: () => undefined,
      ...options,
    });
    queues.push(queue);
    return queue;
  }
  return {
    open,
    async opened(options) {
      const queue = open(options);
      await eventually(() => queue.depth(), 5000);
      return queue;
    },
  };
}

/** Removes everything that earlier tests have left. */
export async function emptied({ url }: TestRedis): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}

export const depthIs = (queue: AdaptationQueue, depth: number, timeout = 10_000) =>
  eventually(async () => expect(await queue.depth()).toBe(depth), { timeout });

/** Submits adaptations in order, with many submissions in progress at a time. */
export async function submitAll(queue: AdaptationQueue, refs: readonly AdaptationRef[]): Promise<void> {
  for (let i = 0; i < refs.length; i += 100)
    await Promise.all(refs.slice(i, i + 100).map((each) => queue.submit(each)));
}

/** A handler that records each start, and ends when its signal aborts. */
export function until(
  abort: (began: AdaptationRef, reason: unknown) => void,
  begin: (ref: AdaptationRef) => void,
) {
  return async (given: AdaptationRef, signal: AbortSignal): Promise<void> => {
    begin(given);
    await once(signal, 'abort');
    abort(given, signal.reason);
  };
}

/** Starts a separate process that works on the queue. */
export function working({ url }: TestRedis, lockMs: number) {
  return spawn(process.execPath, [script, url, String(lockMs)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Expects each of ten announcements to arrive sooner than the periodic wake-up of listeners (by default). */
export async function expectAnnouncements(from: AdaptationQueue, to: AdaptationQueue): Promise<void> {
  let heard = 0;
  const leave = to.subscribe(ref('news'), () => void heard++);
  for (let i = 0; i < 10; i++) {
    const before = heard;
    await from.announce(ref('news'));
    await eventually(() => expect(heard).toBeGreaterThan(before), { interval: 5 });
  }
  leave();
}
