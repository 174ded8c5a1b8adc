import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../../../src/domain/drift/statistics.ts';
import { createRandom } from '../../../src/training/random.ts';

const amounts = (n: number, of: (i: number) => number) =>
  Array.from({ length: n }, (_, i) => ({ size: of(i) }));
const kinds = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts).flatMap(([kind, n]) => Array.from({ length: n }, () => ({ kind })));
const one = (...args: Parameters<typeof statisticsOf>) => {
  const [first] = statisticsOf(...args);
  if (!first) throw new Error('Expected a statistic');
  return first;
};

describe('statistics of amounts', () => {
  it('are the test of Kolmogorov and Smirnov, and percentiles', () => {
    const found = one(
      amounts(100, (i) => i),
      amounts(100, (i) => i + 40),
      0.05,
    );
    // scipy.stats.ks_2samp(range(100), range(40, 140), mode="asymp"): D = 0.4
    expect(found).toMatchObject({ name: 'size', isDrift: true });
    expect(found.pValue).toBeLessThan(1e-5);
    expect(found.reference).toEqual({ low: 5, median: 50, high: 94 });
    const same = one(
      amounts(100, (i) => i),
      amounts(100, (i) => i + 5),
      0.05,
    );
    expect(same.isDrift).toBe(false);
    expect(same.pValue).toBeGreaterThan(0.99);
  });

  it('have few false alarms', () => {
    const random = createRandom(1);
    const alarms = Array.from({ length: 300 }, () =>
      one(
        amounts(60, () => random.normal()),
        amounts(60, () => random.normal()),
        0.05,
      ),
    ).filter(({ isDrift }) => isDrift).length;
    expect(alarms).toBeLessThanOrEqual(28);
  });
});

describe('statistics of kinds', () => {
  it('are the test of Pearson, and shares', () => {
    const found = one(kinds({ a: 50, b: 50 }), kinds({ a: 30, b: 70 }), 0.05);
    // χ² = 8.333 with one degree of freedom.
    expect(found.pValue).toBeCloseTo(0.00389, 4);
    expect(found.reference).toEqual({ shares: { a: 0.5, b: 0.5 } });
    expect(found.window).toEqual({ shares: { a: 0.3, b: 0.7 } });
    const three = one(kinds({ a: 40, b: 30, c: 30 }), kinds({ a: 30, b: 30, c: 40 }), 0.05);
    // χ² = 2.857 with two degrees of freedom: exp(−χ²/2).
    expect(three.pValue).toBeCloseTo(0.24, 2);
  });

  it('count rare kinds as one', () => {
    const rare = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`rare${i}`, 1]));
    const found = one(kinds({ a: 70, ...rare }), kinds({ a: 70, b: 30 }), 0.05);
    expect(found.reference).toEqual({ shares: { a: 0.7, b: 0, others: 0.3 } });
    expect(found.isDrift).toBe(true);
  });

  it('say nothing of one kind alone', () => {
    expect(one(kinds({ a: 50 }), kinds({ a: 50 }), 0.05)).toMatchObject({ pValue: 1, isDrift: false });
  });
});

describe('statistics', () => {
  it('need 20 inputs that have the property', () => {
    expect(statisticsOf(kinds({ a: 19 }), kinds({ a: 50 }), 0.05)).toEqual([]);
    expect(statisticsOf(kinds({ a: 20 }), kinds({ a: 20 }), 0.05)).toHaveLength(1);
  });

  it('share the level', () => {
    const both = (a: number) =>
      kinds({ a, b: 100 - a }).map((each, i) => ({ ...each, size: i % 7, other: i % 5 }));
    const [alone] = statisticsOf(kinds({ a: 50, b: 50 }), kinds({ a: 36, b: 64 }), 0.05);
    const among = statisticsOf(both(50), both(36), 0.05).find(({ name }) => name === 'kind');
    expect(alone?.pValue).toBe(among?.pValue);
    expect([alone?.isDrift, among?.isDrift]).toEqual([true, false]);
  });
});
