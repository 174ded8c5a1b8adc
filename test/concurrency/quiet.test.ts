import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createQuiet } from '../../src/concurrency/quiet.ts';
import { deferred } from '../support/deferred.ts';

const never = new AbortController().signal;

/** Whether the promise has resolved after `ms` of the faked time. */
async function resolvesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  let isResolved = false;
  void promise.then(() => {
    isResolved = true;
  });
  await vi.advanceTimersByTimeAsync(ms);
  return isResolved;
}

describe('quiet', () => {
  const open = () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    return createQuiet();
  };

  it('is there at once when nothing has run', async () => {
    expect(await resolvesWithin(open().wait(never, Number.POSITIVE_INFINITY), 0)).toBe(true);
  });

  it('comes 50 ms after the end of all work', async () => {
    const quiet = open();
    const [first, second] = [deferred(), deferred()];
    const works = [quiet.during(() => first.promise), quiet.during(() => second.promise)];
    const waiting = quiet.wait(never, Number.POSITIVE_INFINITY);
    first.resolve();
    expect(await resolvesWithin(waiting, 500)).toBe(false);
    second.resolve();
    await Promise.all(works);
    expect(await resolvesWithin(waiting, 49)).toBe(false);
    expect(await resolvesWithin(waiting, 51)).toBe(true);
    expect(await resolvesWithin(quiet.wait(never, Number.POSITIVE_INFINITY), 0)).toBe(true);
  });

  it('is not there between two works with a short pause', async () => {
    const quiet = open();
    const waiting = quiet.wait(never, Number.POSITIVE_INFINITY);
    await waiting;
    await quiet.during(async () => undefined);
    const next = quiet.wait(never, Number.POSITIVE_INFINITY);
    for (let i = 0; i < 40; i++) {
      expect(await resolvesWithin(next, 40)).toBe(false);
      await quiet.during(async () => undefined);
    }
  });

  it('is not waited for after the latest time', async () => {
    const quiet = open();
    void quiet.during(() => new Promise<never>(() => undefined));
    const waiting = quiet.wait(never, performance.now() + 1000);
    expect(await resolvesWithin(waiting, 999)).toBe(false);
    expect(await resolvesWithin(waiting, 1)).toBe(true);
    expect(await resolvesWithin(quiet.wait(never, performance.now() - 1), 0)).toBe(true);
  });

  it('is not waited for after an abort', async () => {
    const quiet = open();
    void quiet.during(() => new Promise<never>(() => undefined));
    const abort = new AbortController();
    const waiting = quiet.wait(abort.signal, Number.POSITIVE_INFINITY);
    expect(await resolvesWithin(waiting, 100)).toBe(false);
    abort.abort();
    expect(await resolvesWithin(waiting, 0)).toBe(true);
    expect(await resolvesWithin(quiet.wait(abort.signal, Number.POSITIVE_INFINITY), 0)).toBe(true);
  });

  it('begins anew after work that has failed', async () => {
    const quiet = open();
    await expect(quiet.during(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await resolvesWithin(quiet.wait(never, Number.POSITIVE_INFINITY), 50)).toBe(true);
  });
});
