import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/concurrency/slices.ts';
import { areaUnderCurve, domainAuc } from '../../../src/domain/drift/classifier.ts';
import { normalRows } from './samples.ts';

describe('the area under the curve', () => {
  it('is the share of pairs in the right order; equal scores count half', () => {
    expect(areaUnderCurve(Float64Array.of(1, 2), Float64Array.of(3, 4))).toBe(1);
    expect(areaUnderCurve(Float64Array.of(3, 4), Float64Array.of(1, 2))).toBe(0);
    expect(areaUnderCurve(Float64Array.of(1, 3), Float64Array.of(2, 3))).toBe((1 + 1 + 0.5) / 4);
  });
});

describe('the domain classifier', () => {
  const auc = (first: readonly Float32Array[], second: readonly Float32Array[]) =>
    finish(domainAuc(first, second, 'seed'));

  it('tells samples with another mean apart, whatever their sizes', () => {
    expect(auc(normalRows(100, 6, 1), normalRows(100, 6, 2, 1.5))).toBeGreaterThan(0.97);
    expect(auc(normalRows(150, 6, 1), normalRows(40, 6, 2, 1.5))).toBeGreaterThan(0.97);
  });

  it('cannot tell samples of the same kind apart, also with more features than rows', () => {
    const scores = Array.from({ length: 12 }, (_, i) =>
      auc(normalRows(40, 60, i), normalRows(40, 60, 50 + i)),
    );
    const mean = scores.reduce<number>((sum, each) => sum + (each ?? 0), 0) / scores.length;
    expect(mean).toBeGreaterThan(0.42);
    expect(mean).toBeLessThan(0.58);
  });

  it('reads features that never differ', () => {
    const zeros = Array.from({ length: 20 }, () => new Float32Array(3));
    expect(auc(zeros, zeros)).toBe(0.5);
  });

  it('says nothing with fewer rows than folds', () => {
    expect(auc(normalRows(4, 2, 1), normalRows(40, 2, 2))).toBeNull();
  });
});
