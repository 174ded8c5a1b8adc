import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttleErrors } from '../../src/concurrency/throttle-errors.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('reports one error of each kind, and the next one only after some time', () => {
  const reported: unknown[] = [];
  const report = throttleErrors((error) => reported.push(error), 1000);
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  for (let i = 0; i < 1000; i++) report(refused);
  report(new TypeError('another'));
  expect(reported).toEqual([refused, new TypeError('another')]);
  vi.advanceTimersByTime(999);
  report(refused);
  expect(reported).toHaveLength(2);
  vi.advanceTimersByTime(1);
  report(refused);
  expect(reported).toHaveLength(3);
});
