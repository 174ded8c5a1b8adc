import { expect, it } from 'vitest';
import { deviationOfError } from '../../../bench/trust/regressions.ts';
import { intervalOfError } from '../../../src/domain/trust/intervals.ts';

it('is 1.96 where the truth, from many queries, is at an end of the interval', () => {
  const [, high] = intervalOfError({ estimate: 4, n: 20 });
  const task = { estimate: 2, n: 20, truth: Math.sqrt(high), queries: 1e9 };
  expect(deviationOfError(task)).toBeCloseTo(1.96);
  expect(deviationOfError({ ...task, queries: 20 })).toBeCloseTo(1.96 / Math.SQRT2);
});

it('is 0 for an estimate that is right, without any error too', () => {
  expect(deviationOfError({ estimate: 0, n: 20, truth: 0, queries: 50 })).toBe(0);
});
