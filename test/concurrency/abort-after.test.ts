import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { abortAfter } from '../../src/concurrency/abort-after.ts';

describe('a signal that aborts after a time', () => {
  it('does so even while memory is collected', async () => {
    setFlagsFromString('--expose_gc');
    const collecting = setInterval(runInNewContext('gc'), 5);
    onTestFinished(() => clearInterval(collecting));
    const startedAt = performance.now();
    await once(abortAfter(60, new AbortController().signal), 'abort');
    expect(performance.now() - startedAt).toBeGreaterThan(50);
  });

  it('aborts with the other signal, also if that has aborted before', async () => {
    const other = new AbortController();
    const signal = abortAfter(60_000, other.signal);
    expect(signal.aborted).toBe(false);
    other.abort();
    expect([signal.aborted, abortAfter(60_000, other.signal).aborted]).toEqual([true, true]);
  });
});
