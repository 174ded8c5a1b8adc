import { describe, expect, it } from 'vitest';
import { countLabels, oneHot } from '../../src/domain/class-order.ts';
import { encodeOutcome } from '../../src/domain/support-set.ts';
import { tensor } from '../../src/tensor.ts';
import { supportOf, targetsOf } from '../support/examples.ts';

describe('label encoding', () => {
  it('writes one row per example, in class order', () => {
    expect(encodeOutcome(supportOf(['c', 'a', 'b', 'a']).support)).toEqual(
      tensor([4, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0]),
    );
  });

  it('returns targets unchanged', () => {
    const { support } = targetsOf([
      { x: [1], target: [0.5] },
      { x: [2], target: [2] },
    ]);
    expect(encodeOutcome(support)).toEqual(tensor([2, 1], [0.5, 2]));
  });

  it('multiplies rows by the weights of their examples', () => {
    const { support } = supportOf(['a', 'b']);
    const weighted = support.examples.map((each, n) => ({ ...each, weight: n === 0 ? 0.5 : 1 }));
    expect(encodeOutcome({ ...support, examples: weighted })).toEqual(tensor([2, 2], [0.5, 0, 0, 1]));
  });

  it('refuses a label that is not among the classes', () => {
    expect(() => oneHot(['a', 'x'], ['a', 'b'])).toThrow(RangeError);
  });

  it('counts examples per label, also for labels such as __proto__', () => {
    const labels = ['__proto__', 'b', '__proto__'];
    expect(Object.entries(countLabels(labels, ['__proto__', 'b']))).toEqual([
      ['__proto__', 2],
      ['b', 1],
    ]);
  });
});
