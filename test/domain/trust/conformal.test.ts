import { describe, expect, it } from 'vitest';
import { conformalThreshold, labelSet } from '../../../src/domain/trust/conformal.ts';
import { createRandom } from '../../../src/training/random.ts';

const classes = ['ash', 'beech', 'oak'];

describe('a conformal set', () => {
  it.each([
    // ⌈10 · 0.9⌉ = 9: the largest of 9 scores.
    [9, 0.9, 9],
    [19, 0.9, 18],
    [19, 0.95, 19],
    [9, 0.5, 5],
  ])('of %i scores at %f takes the %i-th smallest', (n, level, rank) => {
    const scores = Array.from({ length: n }, (_, i) => i + 1);
    expect(conformalThreshold(scores, level)).toBe(rank);
  });

  it.each([
    [8, 0.9],
    [18, 0.95],
    [0, 0.5],
  ])('of %i scores has no threshold at %f', (n, level) => {
    expect(
      conformalThreshold(
        Array.from({ length: n }, () => 0.1),
        level,
      ),
    ).toBeNull();
    expect(
      labelSet(
        [0.5, 0.3, 0.2],
        classes,
        Array.from({ length: n }, () => 0.1),
        level,
      ),
    ).toMatchObject({
      labels: null,
      guarantee: expect.stringContaining(`${n} examples`),
    });
  });

  it('lists the labels that are likely enough, from likely to unlikely', () => {
    const scores = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.72];
    const set = labelSet([0.3, 0.1, 0.6], classes, scores, 0.9);
    expect(set.labels).toEqual(['oak', 'ash']);
    expect(set.guarantee).toBe(
      'For inputs like the examples, about 9 of 10 such sets contain the right label',
    );
  });

  it('always contains the likeliest label', () => {
    expect(labelSet([0.4, 0.35, 0.25], classes, [0.1, 0.1, 0.1], 0.5).labels).toEqual(['ash']);
  });

  it('contains the right label as often as it says', () => {
    const random = createRandom(7);
    // Whatever the distribution of scores, if those of the examples and of the inputs have the same one.
    const score = () => random.uniform() ** 3;
    for (const level of [0.5, 0.8, 0.9]) {
      let held = 0;
      const trials = 4000;
      for (let trial = 0; trial < trials; trial++) {
        const scores = Array.from({ length: 25 }, score).toSorted((a, b) => a - b);
        if (score() <= (conformalThreshold(scores, level) ?? 1)) held += 1;
      }
      expect(held / trials).toBeGreaterThan(level - 0.02);
      expect(held / trials).toBeLessThan(level + 1 / 26 + 0.02);
    }
  });
});
