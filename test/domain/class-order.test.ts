import { describe, expect, it } from 'vitest';
import { countLabels, oneHot } from '../../src/domain/class-order.ts';
import { encodeOutcome } from '../../src/domain/support-set.ts';
import { tensor } from '../../src/tensor.ts';
import { supportOf } from '../support/examples.ts';

describe('label encoding', () => {
  it('writes one row per example, in class order', () => {
    expect(encodeOutcome(supportOf(['c', 'a', 'b', 'a']).outcome)).toEqual(
      tensor([4, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0]),
    );
  });

  it('returns targets unchanged', () => {
    const targets = tensor([2, 1], [0.5, 2]);
    expect(encodeOutcome({ kind: 'targets', targets })).toEqual(targets);
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
