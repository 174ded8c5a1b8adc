import { describe, expect, it } from 'vitest';
import { finish } from '../../../src/concurrency/slices.ts';
import {
  calibrationError,
  fitTemperature,
  negativeLogLikelihood,
  temperatureAt,
} from '../../../src/domain/trust/temperature.ts';

/** n examples of two classes with this logit for their first class, `right` of which are of it. */
const examples = (n: number, right: number, logit: number) =>
  Array.from({ length: n }, (_, i) => ({ logits: [logit, 0], given: i < right ? 0 : 1 }));

describe('the temperature', () => {
  it('makes confidence equal accuracy with many examples', () => {
    // A logit of 4 claims 98 %; of 10,000 examples 73.1 % are right, which is a logit of 1.
    const temperature = finish(fitTemperature(examples(200_000, 146_212, 4), 1));
    expect(temperature).toBeCloseTo(4, 1);
  });

  it('stays near the prior with few examples, and is the prior without any', () => {
    expect(finish(fitTemperature([], 1.7))).toBe(1.7);
    const few = finish(fitTemperature(examples(4, 3, 4), 1));
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThan(finish(fitTemperature(examples(40, 30, 4), 1)));
  });

  it('is the minimum of its cost, by brute force', () => {
    const some = [
      { logits: [2, 1, 0], given: 1 },
      { logits: [3, 0, 0], given: 0 },
      { logits: [0, 2, 1], given: 1 },
    ];
    const cost = (t: number) => 3 * negativeLogLikelihood(some, t) + Math.log(t / 1.2) ** 2 / (2 * 0.1 ** 2);
    const grid = Array.from({ length: 4000 }, (_, i) => 0.2 + i / 1000);
    const best = grid.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    expect(finish(fitTemperature(some, 1.2))).toBeCloseTo(best, 2);
  });
});

describe('the temperature of a number of shots', () => {
  const known = [
    { shots: 1, value: 2 },
    { shots: 4, value: 1 },
  ];

  it('is between those that are known, in logarithms', () => {
    expect([1, 2, 4].map((shots) => temperatureAt(known, shots))).toEqual([
      2,
      expect.closeTo(Math.SQRT2, 12),
      1,
    ]);
  });

  it('is that of the nearest beyond them, and 1 if none is known', () => {
    expect([0.5, 100].map((shots) => temperatureAt(known, shots))).toEqual([2, 1]);
    expect(temperatureAt([], 5)).toBe(1);
  });
});

describe('calibration', () => {
  it('is the likelihood and the gap of confidence and accuracy', () => {
    const some = examples(10, 5, 0);
    expect(calibrationError(some, 1)).toEqual({ ece: 0, nll: expect.closeTo(Math.log(2), 12) });
    const sure = calibrationError(examples(10, 5, 50), 1);
    expect(sure?.ece).toBeCloseTo(0.5, 5);
    expect(sure?.nll).toBeCloseTo(25, 5);
    expect(calibrationError(examples(10, 5, 50), 50)?.nll).toBeCloseTo(
      0.5 * Math.log(1 + Math.E) + 0.5 * Math.log(1 + 1 / Math.E),
      12,
    );
    expect(calibrationError([], 1)).toBeNull();
  });
});
