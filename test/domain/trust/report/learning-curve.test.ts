import { describe, expect, it } from 'vitest';
import { adviceOf, fitLearningCurve } from '../../../../src/domain/trust/report/learning-curve.ts';

const errors = (n: number, share: (shots: number) => number) =>
  [1, 2, 4, 8].map((shots) => ({ shots, right: Math.round(n * (1 - share(shots))), n }));

describe('the learning curve', () => {
  it('finds the exponent of errors that fall as a power', () => {
    expect(fitLearningCurve(errors(100_000, (shots) => 0.4 * shots ** -0.6)).exponent).toBeCloseTo(0.6, 2);
  });

  it('is flat for errors that stay, and never rises', () => {
    expect(fitLearningCurve(errors(100_000, () => 0.3)).exponent).toBeCloseTo(0, 2);
    expect(fitLearningCurve(errors(100_000, (shots) => 0.1 * shots)).exponent).toBe(0);
  });

  it('stays near the prior with few examples', () => {
    expect(fitLearningCurve([]).exponent).toBeCloseTo(0.3, 12);
    const { exponent } = fitLearningCurve(errors(10, (shots) => 0.4 * shots ** -0.9));
    expect(exponent).toBeGreaterThan(0.3);
    expect(exponent).toBeLessThan(0.7);
  });
});

describe('advice', () => {
  const outcome = (given: number, predicted: number) => ({ row: 0, given, predicted });

  it('names the labels of the errors, and what as many examples again would add', () => {
    // Of 10, two of b are called c: half of each error is b's, half is c's.
    const outcomes = [
      ...Array.from({ length: 4 }, () => outcome(0, 0)),
      outcome(1, 1),
      outcome(1, 2),
      outcome(1, 2),
      ...Array.from({ length: 3 }, () => outcome(2, 2)),
    ];
    const next = adviceOf(outcomes, ['a', 'b', 'c'], { a: 4, b: 3, c: 3 }, { exponent: 1 });
    expect(next).toEqual([
      { label: 'b', examples: 3, gain: expect.closeTo(0.05, 12) },
      { label: 'c', examples: 3, gain: expect.closeTo(0.05, 12) },
    ]);
  });

  it('begins with labels that could not be tested, and says nothing of labels without errors', () => {
    const next = adviceOf([outcome(0, 0), outcome(0, 0)], ['a', 'b'], { a: 2, b: 1 }, { exponent: 1 });
    expect(next).toEqual([{ label: 'b', examples: 1, gain: null }]);
  });
});
