import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/tensor.ts';
import { adamStep, rateAt, startAdam } from '../../src/training/adam.ts';

describe('rateAt', () => {
  const plain = { outerRate: 0.4, iterations: 100 };

  it('falls from the full rate towards 0 along half a cosine', () => {
    expect(rateAt(plain, 0)).toBe(0.4);
    expect(rateAt(plain, 25)).toBeCloseTo(0.2 * (1 + Math.SQRT1_2), 12);
    expect(rateAt(plain, 50)).toBeCloseTo(0.2, 12);
    expect(rateAt(plain, 99)).toBeLessThan(0.001);
  });

  it('starts anew after a restart, in a cycle as long as what is left', () => {
    const twice = { ...plain, restarts: [60] };
    expect(rateAt(twice, 30)).toBeCloseTo(0.2, 12);
    expect(rateAt(twice, 59)).toBeLessThan(0.001);
    expect(rateAt(twice, 60)).toBe(0.4);
    expect(rateAt(twice, 80)).toBeCloseTo(0.2, 12);
  });
});

describe('adamStep', () => {
  it('takes a first step of the rate, against the sign of the gradient', () => {
    const weights = { w: tensor([3], [1, 1, 1]) };
    const state = adamStep(weights, { w: tensor([3], [5, -0.01, 0]) }, startAdam(weights), 0.1);
    expect([...weights.w.data]).toEqual([0.9, 1.1, 1].map((value) => expect.closeTo(value, 4)));
    expect(state.step).toBe(1);
  });
});
