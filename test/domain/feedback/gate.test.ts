import { describe, expect, it } from 'vitest';
import { atLeast, gateOf } from '../../../src/domain/feedback/gate.ts';
import type { Assessment } from '../../../src/domain/trust/assessment.ts';
import { supportOf, targetsOf } from '../../support/examples.ts';

/** Out-of-fold logits that choose `answers`; row n shows the same content in each assessment. */
function assessed(labels: readonly string[], answers: readonly string[], start = 0): Assessment {
  const { support } = supportOf(labels, start);
  if (support.outcome.kind !== 'labels') throw new Error('Expected labels');
  const { classes } = support.outcome;
  const data = answers.flatMap((answer) => classes.map((label) => (label === answer ? 1 : 0)));
  const outOfFold = { shape: [labels.length, classes.length], data: Float32Array.from(data) };
  const tested = labels.map((_, row) => row);
  return { support, x: outOfFold, splits: [], tested, outOfFold, curve: [] };
}

const labels = Array.from({ length: 12 }, (_, n) => (n % 2 ? 'b' : 'a'));
const wrong = (count: number) => labels.map((label, n) => (n < count ? (label === 'a' ? 'b' : 'a') : label));

describe('the gate', () => {
  it('holds back a candidate that is worse beyond chance', () => {
    const gate = gateOf(assessed(labels, wrong(5)), assessed(labels, labels));
    expect(gate).toEqual({ decision: 'held', n: 12, better: 0, worse: 5, pValue: 1 / 32 });
  });

  it('lets pass what chance explains, and what is better', () => {
    const four = gateOf(assessed(labels, wrong(4)), assessed(labels, labels));
    expect(four).toMatchObject({ decision: 'passed', worse: 4, pValue: 1 / 16 });
    const better = gateOf(assessed(labels, labels), assessed(labels, wrong(6)));
    expect(better).toMatchObject({ decision: 'passed', better: 6, worse: 0, pValue: 1 });
    const same = gateOf(assessed(labels, wrong(3)), assessed(labels, wrong(3)));
    expect(same).toMatchObject({ decision: 'passed', better: 0, worse: 0, pValue: 1 });
  });

  it('knows nothing of fewer than ten shared examples', () => {
    const nine = labels.slice(0, 9);
    const gate = gateOf(assessed(nine, wrong(9).slice(0, 9)), assessed(nine, nine));
    expect(gate).toEqual({ decision: 'not_enough_data', n: 9, better: 0, worse: 9, pValue: null });
    // Other contents.
    expect(gateOf(assessed(labels, wrong(12), 100), assessed(labels, labels)).n).toBe(0);
    // Other labels of the same contents.
    expect(gateOf(assessed(wrong(12), labels), assessed(labels, labels)).n).toBe(0);
  });

  it('never holds back for a new label alone', () => {
    const more = [...labels, 'new'];
    const candidate = assessed(more, more);
    // The new label takes all old examples, but the old labels come second in the right order.
    const { shape, data } = candidate.outOfFold;
    const attracted = data.map((value, i) => (i % 3 === 2 ? 5 : value));
    const all = { ...candidate, outOfFold: { shape, data: attracted } };
    expect(gateOf(all, assessed(labels, labels))).toMatchObject({ decision: 'passed', worse: 0 });
  });

  it('compares squared errors of numbers', () => {
    const points = Array.from({ length: 12 }, (_, n) => ({ x: [n], target: [n] }));
    const predicted = (error: number): Assessment => {
      const { support } = targetsOf(points);
      const outOfFold = {
        shape: [12, 1],
        data: Float32Array.from(points, ({ target: [y = 0] }) => y + error),
      };
      const tested = points.map((_, row) => row);
      return { support, x: outOfFold, splits: [], tested, outOfFold, curve: [] };
    };
    expect(gateOf(predicted(2), predicted(-1))).toMatchObject({ decision: 'held', worse: 12, n: 12 });
    expect(gateOf(predicted(1), predicted(2))).toMatchObject({ decision: 'passed', better: 12 });
  });

  it('sums binomial probabilities, also of many', () => {
    expect(atLeast(0, 7)).toBeCloseTo(1, 12);
    expect(atLeast(8, 10)).toBeCloseTo(56 / 1024, 12);
    expect(atLeast(1000, 2000)).toBeCloseTo(0.5089, 3);
    expect(atLeast(1100, 2000)).toBeLessThan(1e-5);
  });
});
