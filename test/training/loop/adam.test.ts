import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/tensor.ts';
import { adamStep, cosineRate, startAdam } from '../../../src/training/loop/adam.ts';

describe('cosineRate', () => {
  it('decays from the full rate towards 0 as half a cosine', () => {
    expect(cosineRate(0.4, 0, 100)).toBe(0.4);
    expect(cosineRate(0.4, 25, 100)).toBeCloseTo(0.2 * (1 + Math.SQRT1_2), 12);
    expect(cosineRate(0.4, 50, 100)).toBeCloseTo(0.2, 12);
    expect(cosineRate(0.4, 99, 100)).toBeLessThan(0.001);
  });
});

describe('adamStep', () => {
  it('takes a first step of the size of the rate, against the sign of the gradient', () => {
    const weights = { w: tensor([3], [1, 1, 1]) };
    const state = adamStep(weights, { w: tensor([3], [5, -0.01, 0]) }, startAdam(weights), 0.1);
    expect([...weights.w.data]).toEqual([0.9, 1.1, 1].map((value) => expect.closeTo(value, 4)));
    expect(state.step).toBe(1);
  });
});
