import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AdaptationQueue, AdaptationRef } from '../../../src/ports/adaptation-queue.ts';
import { type Deferred, deferred } from '../deferred.ts';
import { eventually } from '../eventually.ts';

const ref = (id: string, tenant = 'acme'): AdaptationRef => ({ tenant, task: 'runes', id });

interface Run {
  readonly id: string;
  readonly signal: AbortSignal;
  readonly done: Deferred;
}

/** The contract of every AdaptationQueue. `create` returns an empty queue that runs one adaptation at a time. */
export function describeAdaptationQueueContract(create: () => Promise<AdaptationQueue>): void {
  let queue: AdaptationQueue;
  let runs: Run[];
  beforeEach(async () => {
    queue = await create();
    runs = [];
  });
  afterEach(async () => {
    for (const { done } of runs) done.resolve();
    await queue[Symbol.asyncDispose]();
  });

  /** Runs end only when the test ends them. */
  const process = () =>
    queue.process((given, signal) => {
      const done = deferred();
      runs.push({ id: given.id, signal, done });
      return done.promise;
    });
  const started = (count: number) => eventually(() => expect(runs).toHaveLength(count));
  const ids = () => runs.map(({ id }) => id);
  const finish = (index: number) => runs[index]?.done.resolve();
  const depthIs = (depth: number) => eventually(async () => expect(await queue.depth()).toBe(depth));

  it('runs adaptations that were submitted before and after the start, first in, first out', async () => {
    await queue.submit(ref('a'));
    await queue.submit(ref('b'));
    process();
    await queue.submit(ref('c'));
    for (let i = 0; i < 3; i++) {
      await started(i + 1);
      finish(i);
    }
    expect(ids()).toEqual(['a', 'b', 'c']);
    await depthIs(0);
  });

  it('runs a waiting adaptation once, even if it was submitted several times', async () => {
    process();
    await queue.submit(ref('first'));
    for (let i = 0; i < 3; i++) await queue.submit(ref('a'));
    await queue.submit(ref('last'));
    for (let i = 0; i < 3; i++) {
      await started(i + 1);
      finish(i);
    }
    await depthIs(0);
    expect(ids()).toEqual(['first', 'a', 'last']);
  });

  it('delivers an adaptation again that was submitted while it ran', async () => {
    process();
    await queue.submit(ref('a'));
    await started(1);
    await queue.submit(ref('a'));
    await queue.submit(ref('a'));
    expect(runs).toHaveLength(1);
    finish(0);
    await started(2);
    finish(1);
    await depthIs(0);
    expect(ids()).toEqual(['a', 'a']);
  });

  it('counts waiting and running adaptations', async () => {
    process();
    await queue.submit(ref('a'));
    await queue.submit(ref('b'));
    await started(1);
    expect(await queue.depth()).toBe(2);
    finish(0);
    await started(2);
    expect(await queue.depth()).toBe(1);
  });

  it('continues after a handler that failed', async () => {
    process();
    await queue.submit(ref('a'));
    await queue.submit(ref('b'));
    await started(1);
    runs[0]?.done.reject(new Error('the handler failed'));
    await started(2);
    expect(ids()).toEqual(['a', 'b']);
  });

  it('delivers an adaptation again if its handler failed', async () => {
    process();
    await queue.submit(ref('a'));
    await started(1);
    runs[0]?.done.reject(new Error('the handler failed'));
    await started(2);
    expect(runs[1]?.signal.aborted).toBe(false);
    finish(1);
    await depthIs(0);
    expect(ids()).toEqual(['a', 'a']);
  });

  it('does not deliver an adaptation again that was cancelled after its handler failed', async () => {
    process();
    await queue.submit(ref('a'));
    await started(1);
    runs[0]?.done.reject(new Error('the handler failed'));
    await queue.submit(ref('b'));
    await started(2);
    await queue.cancel(ref('a'));
    await depthIs(1);
    finish(1);
    await depthIs(0);
    await queue.submit(ref('c'));
    await started(3);
    expect(ids()).toEqual(['a', 'b', 'c']);
  });

  it('serves tenants in turn, even if one has a long backlog', async () => {
    process();
    for (let i = 0; i < 20; i++) await queue.submit(ref(`a${i}`, 'a'));
    await started(1);
    await queue.submit(ref('b', 'b'));
    finish(0);
    await started(2);
    finish(1);
    await started(3);
    expect(ids()).toContain('b');
    expect(ids().filter((id) => id !== 'b')).toEqual(['a0', 'a1']);
  });

  it('drops a waiting adaptation that is cancelled', async () => {
    process();
    for (const id of ['a', 'b', 'c']) await queue.submit(ref(id));
    await started(1);
    await queue.cancel(ref('b'));
    finish(0);
    await started(2);
    expect(ids()).toEqual(['a', 'c']);
  });

  it('aborts a running adaptation that is cancelled, and only that', async () => {
    process();
    await queue.submit(ref('a'));
    await started(1);
    await queue.cancel(ref('other'));
    expect(runs[0]?.signal.aborted).toBe(false);
    await queue.cancel(ref('a'));
    await eventually(() => expect(runs[0]?.signal.reason).toBe('cancelled'));
  });

  it('runs an adaptation again that is submitted after its cancellation', async () => {
    process();
    await queue.submit(ref('a'));
    await started(1);
    await queue.cancel(ref('a'));
    await queue.submit(ref('a'));
    finish(0);
    await started(2);
    expect(runs[1]?.signal.aborted).toBe(false);
  });

  it('notifies the subscribers of one adaptation, until they leave', async () => {
    const heard = { first: 0, second: 0, other: 0 };
    const leave = queue.subscribe(ref('a'), () => void heard.first++);
    queue.subscribe(ref('a'), () => void heard.second++);
    queue.subscribe(ref('b'), () => void heard.other++);
    // Listeners may also be called periodically without an announcement, but far less often than this.
    const times = 10;
    for (let i = 0; i < times; i++) {
      const { first, second } = { ...heard };
      await queue.announce(ref('a'));
      await eventually(() => {
        expect(heard.first).toBeGreaterThan(first);
        expect(heard.second).toBeGreaterThan(second);
      });
    }
    expect(heard.other).toBeLessThan(times / 2);
    leave();
    leave();
    const { first, second } = { ...heard };
    await queue.announce(ref('a'));
    await eventually(() => expect(heard.second).toBeGreaterThan(second));
    expect(heard.first).toBe(first);
  });

  it('on drain, aborts running adaptations, waits for them, and starts no more', async () => {
    process();
    await queue.submit(ref('a'));
    await queue.submit(ref('b'));
    await started(1);
    let drained = false;
    const draining = queue.drain().then(() => {
      drained = true;
    });
    await eventually(() => expect(runs[0]?.signal.reason).toBe('shutdown'));
    expect(drained).toBe(false);
    finish(0);
    await draining;
    await queue.submit(ref('c'));
    expect(ids()).toEqual(['a']);
  });
}
