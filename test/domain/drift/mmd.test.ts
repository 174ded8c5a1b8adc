import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/concurrency/slices.ts';
import { rbfKernel } from '../../../src/domain/drift/kernel.ts';
import { mmdTest } from '../../../src/domain/drift/mmd.ts';
import { normalRows } from './samples.ts';

const kernelOf = (rows: readonly Float32Array[]) => finish(rbfKernel(rows));

describe('the kernel', () => {
  it('is 1 for equal rows, 1/e at the median distance, and symmetric', () => {
    // Squared distances: 1, 1 and 4; the median is 1.
    const { n, values } = kernelOf([[0], [1], [2]].map((row) => Float32Array.from(row)));
    const at = (i: number, j: number) => values[i * n + j] as number;
    expect(at(0, 0)).toBe(1);
    expect(at(0, 1)).toBeCloseTo(Math.exp(-1), 6);
    expect(at(2, 0)).toBeCloseTo(Math.exp(-4), 6);
    expect(at(0, 2)).toBe(at(2, 0));
  });

  it('leaves pairs of equal rows out of the median', () => {
    const { values } = kernelOf([[0], [0], [0], [0], [2]].map((row) => Float32Array.from(row)));
    expect(values[4]).toBeCloseTo(Math.exp(-1), 6);
    const same = kernelOf([[1], [1]].map((row) => Float32Array.from(row)));
    expect([...same.values]).toEqual([1, 1, 1, 1]);
  });
});

describe('the permutation test', () => {
  it('estimates the squared distance without bias, as its definition says', () => {
    const rows = [...normalRows(4, 2, 1), ...normalRows(3, 2, 2, 1)];
    const kernel = kernelOf(rows);
    const k = (i: number, j: number) => kernel.values[i * 7 + j] as number;
    const mean = (first: readonly number[], second: readonly number[]) => {
      const pairs = first.flatMap((i) => second.flatMap((j) => (i === j ? [] : [k(i, j)])));
      return pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
    };
    const [x, y] = [
      [0, 1, 2, 3],
      [4, 5, 6],
    ];
    const { distance } = finish(mmdTest(kernel, 4, 'seed'));
    expect(distance).toBeCloseTo(mean(x, x) + mean(y, y) - 2 * mean(x, y), 6);
  });

  it('finds another mean and another spread', () => {
    const before = normalRows(60, 8, 1);
    const moved = finish(mmdTest(kernelOf([...before, ...normalRows(60, 8, 2, 0.8)]), 60, 'a'));
    expect(moved.pValue).toBeCloseTo(1 / 201, 6);
    expect(moved.distance).toBeGreaterThan(moved.threshold);
    const wider = normalRows(60, 8, 3).map((row) => row.map((each) => 2 * each));
    expect(finish(mmdTest(kernelOf([...before, ...wider]), 60, 'a')).pValue).toBeLessThan(0.01);
  });

  it('calls about 1 in 20 samples of the same kind drift, also of unequal sizes', () => {
    const found = Array.from({ length: 200 }, (_, i) => {
      const rows = normalRows(70, 4, 1000 + i);
      return finish(mmdTest(kernelOf(rows), 45, `${i}`));
    });
    const alarms = found.filter(({ pValue }) => pValue <= 0.05).length;
    // 99.9 % of binomial counts with n = 200 and p = 0.05.
    expect(alarms).toBeGreaterThanOrEqual(2);
    expect(alarms).toBeLessThanOrEqual(21);
    for (const { distance, threshold, pValue } of found) expect(distance > threshold).toBe(pValue <= 0.05);
  });

  it('has the same result for the same seed', () => {
    const kernel = kernelOf(normalRows(40, 4, 5));
    const run = (seed: string) => finish(mmdTest(kernel, 20, seed));
    expect(run('a')).toEqual(run('a'));
    expect(run('a').threshold).not.toBe(run('b').threshold);
  });
});
