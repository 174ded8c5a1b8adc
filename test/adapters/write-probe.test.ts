import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWriteProbe } from '../../src/adapters/write-probe.ts';

const full = new Error('OOM command not allowed');

let reason: Error | null | 'silent';
const write = vi.fn(async () => {
  if (reason === 'silent') throw new Error('Command timed out');
  return reason;
});
const onChange = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  reason = null;
});
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
});

it('writes at most once a second, even if many callers ask', async () => {
  using probe = createWriteProbe({ write, onChange });
  expect(await Promise.all([probe.succeeds(), probe.succeeds()])).toEqual([true, true]);
  vi.advanceTimersByTime(999);
  await probe.succeeds();
  expect(write).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  await probe.succeeds();
  expect(write).toHaveBeenCalledTimes(2);
});

it('reports each new reason once, and the recovery', async () => {
  using probe = createWriteProbe({ write, onChange });
  for (const next of [
    null,
    full,
    full,
    new Error('MISCONF'),
    'silent',
    new Error('MISCONF'),
    null,
    null,
  ] as const) {
    reason = next;
    expect(await probe.succeeds()).toBe(next === null);
    vi.advanceTimersByTime(1000);
  }
  expect(onChange.mock.calls).toEqual([[full], [new Error('MISCONF')], [null]]);
});

it('writes periodically without callers, until it is disposed of', async () => {
  const probe = createWriteProbe({ write, onChange });
  reason = full;
  await vi.advanceTimersByTimeAsync(5000);
  expect(onChange.mock.calls).toEqual([[full]]);
  probe[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(write).toHaveBeenCalledTimes(1);
});

it('uses the failed write of a request as a result', async () => {
  using probe = createWriteProbe({ write, onChange });
  expect(await probe.succeeds()).toBe(true);
  probe.noteFailure(full);
  expect(await probe.succeeds()).toBe(false);
  probe.noteFailure(full);
  vi.advanceTimersByTime(1000);
  expect(await probe.succeeds()).toBe(true);
  expect(onChange.mock.calls).toEqual([[full], [null]]);
});
