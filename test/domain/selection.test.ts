import { describe, expect, it } from 'vitest';
import { selectionOf } from '../../src/domain/selection.ts';
import { tensor } from '../../src/tensor.ts';

describe('selectionOf', () => {
  it('tells the share of correct predictions of each head, and which head has the largest part', () => {
    const told = selectionOf(['a', 'b'], tensor([2, 3], [8, 10, 0.25, 9, 10, 0.75]), 'classification');
    expect(told).toMatchObject([
      { head: 'a', chosen: false },
      { head: 'b', chosen: true },
    ]);
    expect(told?.[0]?.estimate).toBeCloseTo(0.8);
    expect(told?.[0]?.interval).toBeCloseTo(1.96 * Math.sqrt(0.16 / 10));
  });

  it('tells the mean squared error for regression', () => {
    const [only] = selectionOf(['a'], tensor([1, 3], [50, 8, 1]), 'regression') ?? [];
    expect(only).toMatchObject({ estimate: 6.25, interval: 1.96 * 6.25 * 0.5 });
  });

  it('tells nothing without heads, or if no example could be left out', () => {
    expect(selectionOf(undefined, undefined, 'classification')).toBeNull();
    expect(selectionOf(['a'], tensor([1, 3], [0, 0, 1]), 'classification')).toBeNull();
  });
});
