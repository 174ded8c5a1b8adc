import { describe, expect, it } from 'vitest';
import { estimate, interval95, mean, movingMean } from '../../../src/training/evaluation/statistics.ts';
import { createRandom } from '../../../src/training/random.ts';

describe('statistics', () => {
  it('estimates a mean with the half width 1.96 s / √n', () => {
    // s² = (4 + 0 + 0 + 4 + 1 + 1) / 5 = 2 by hand.
    const { mean: centre, interval95: half, n } = estimate([1, 3, 3, 5, 2, 4]);
    expect(centre).toBe(3);
    expect(half).toBeCloseTo(1.96 * Math.sqrt(2 / 6), 12);
    expect(n).toBe(6);
  });

  it('covers the true mean about 95 times in 100', () => {
    const random = createRandom(11);
    const covered = Array.from({ length: 1000 }, () => {
      const values = Array.from({ length: 100 }, () => 2 + random.normal());
      return Math.abs(mean(values) - 2) <= interval95(values) ? 1 : 0;
    });
    expect(Math.abs(mean(covered) - 0.95)).toBeLessThan(0.025);
  });

  it('gives no interval for fewer than two values', () => {
    for (const values of [[], [3]]) expect(interval95(values)).toBeNaN();
  });

  it('updates an exponential mean without a bias towards zero at the start', () => {
    const moving = movingMean(0.5);
    expect(moving.value()).toBeNull();
    expect(moving.add(8)).toBe(8);
    expect(moving.add(2)).toBeCloseTo((8 * 0.5 + 2) / 1.5, 12);
    for (let i = 0; i < 60; i++) moving.add(5);
    expect(moving.value()).toBeCloseTo(5, 12);
  });
});
