import { describe, expect, it } from 'vitest';
import { selectionOf } from '../../src/domain/head-selection.ts';
import { tensor } from '../../src/tensor.ts';

describe('selectionOf', () => {
  it('tells the share of correct predictions of each head, and which head has the largest part', () => {
    const told = selectionOf(['a', 'b'], tensor([2, 3], [8, 10, 0.25, 9, 10, 0.75]), 'classification');
    expect(told).toMatchObject([
      { head: 'a', chosen: false },
      { head: 'b', chosen: true },
    ]);
    expect(told?.[0]?.estimate).toBeCloseTo(0.8);
  });

  // From the calculator of Brown, Cai & DasGupta's formula; 12 of 12 is n / (n + 1.96²).
  it.each([
    [8, 10, 0.4902, 0.9433],
    [12, 12, 0.7575, 1],
    [0, 12, 0, 0.2425],
    [1, 2, 0.0945, 0.9055],
    [90, 100, 0.8256, 0.9448],
  ])('tells the interval of Wilson: %i of %i is between %f and %f', (right, n, low, high) => {
    const [only] = selectionOf(['a'], tensor([1, 3], [right, n, 1]), 'classification') ?? [];
    expect(only?.interval[0]).toBeCloseTo(low, 3);
    expect(only?.interval[1]).toBeCloseTo(high, 3);
  });

  it('tells the mean squared error for regression', () => {
    const [only] = selectionOf(['a'], tensor([1, 3], [50, 8, 1]), 'regression') ?? [];
    expect(only?.estimate).toBe(6.25);
    const [low, high] = only?.interval ?? [];
    expect(low).toBeCloseTo(6.25 / Math.exp(0.98));
    expect(high).toBeCloseTo(6.25 * Math.exp(0.98));
  });

  it('tells nothing without heads, or if no example could be left out', () => {
    expect(selectionOf(undefined, undefined, 'classification')).toBeNull();
    expect(selectionOf(['a'], tensor([1, 3], [0, 0, 1]), 'classification')).toBeNull();
  });
});
