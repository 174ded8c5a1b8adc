import { describe, expect, it } from 'vitest';
import { comparableRows, nearestDistance, queryRow } from '../../../../src/domain/trust/novelty/nearest.ts';
import { energyOf, noveltyOf, noveltyScale } from '../../../../src/domain/trust/novelty/novelty.ts';

const compared = (values: number[][], metric: 'cosine' | 'euclidean' = 'cosine') =>
  comparableRows(rows(values), metric);
const rows = (values: number[][]) => ({
  shape: [values.length, values[0]?.length ?? 0],
  data: Float32Array.from(values.flat()),
});

describe('the distance to the nearest example', () => {
  const references = compared([
    [1, 0, 0, 0, 0],
    [0, 3, 0, 0, 0],
    [0, 0, 0, 0, 2],
  ]);

  it('is 1 − the largest cosine, whatever the lengths', () => {
    const queries = rows([
      [7, 0, 0, 0, 0],
      [1, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
      [0, 0, 0, -1, 1],
    ]);
    const distances = [0, 1, 2, 3].map((row) => nearestDistance(queryRow(queries, row), references));
    [0, 1 - Math.SQRT1_2, 1, 1 - Math.SQRT1_2].forEach((expected, i) => {
      expect(distances[i]).toBeCloseTo(expected, 6);
    });
  });

  it('passes over rows that are left out, and is infinite without any', () => {
    const first = queryRow(rows([[1, 0, 0, 0, 0]]), 0);
    expect(nearestDistance(first, references, (row) => row !== 0)).toBeCloseTo(1, 6);
    expect(nearestDistance(first, references, () => false)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is Euclidean where lengths matter', () => {
    const points = compared(
      [
        [0, 0],
        [3, 4],
      ],
      'euclidean',
    );
    expect(nearestDistance(queryRow(rows([[3, 5]]), 0), points)).toBeCloseTo(1, 6);
    expect(nearestDistance(queryRow(rows([[3, 4]]), 0), points, (row) => row === 0)).toBeCloseTo(5, 6);
  });

  it('is the same for rows of mostly zeros', () => {
    const sparse = [Array.from({ length: 23 }, (_, i) => (i % 4 === 1 ? i + 1 : 0))];
    const full = [Array.from({ length: 23 }, (_, i) => 1 + (i % 3))];
    const [first, second] = [compared(sparse), compared(full)];
    const cosine = first.data.reduce((sum, each, i) => sum + each * (second.data[i] as number), 0);
    expect(nearestDistance(queryRow(rows(sparse), 0), second)).toBeCloseTo(1 - cosine, 6);
    expect(nearestDistance(queryRow(rows(full), 0), first)).toBeCloseTo(1 - cosine, 6);
  });

  it('is 1 for rows of zeros, which have no direction', () => {
    expect(nearestDistance(queryRow(rows([[0, 0, 0, 0, 0]]), 0), references)).toBe(1);
  });
});

describe('novelty', () => {
  const known = [0.1, 0.12, 0.14, 0.16, 0.18].map((distance, i) => ({
    distance,
    energy: -5 + 0.1 * i,
    rarity: null,
  }));
  const scale = noveltyScale(known);
  if (!scale) throw new Error('Expected a scale');

  it('has the energy of large logits without overflow', () => {
    expect(energyOf([0, 0])).toBeCloseTo(-Math.log(2), 12);
    expect(energyOf([1000, 1000])).toBeCloseTo(-1000 - Math.log(2), 9);
  });

  it('is one half in the middle of the examples, and grows with distance and energy', () => {
    const middle = noveltyOf({ distance: 0.14, energy: -4.8, rarity: null }, scale);
    expect(middle).toBeCloseTo(0.5, 9);
    const farther = noveltyOf({ distance: 0.3, energy: -4.8, rarity: null }, scale);
    expect(farther).toBeGreaterThan(0.95);
    expect(noveltyOf({ distance: 0.3, energy: -3, rarity: null }, scale)).toBeGreaterThan(farther);
    expect(noveltyOf({ distance: 0.05, energy: -6, rarity: null }, scale)).toBeLessThan(0.05);
  });

  it('uses the distance alone if there are no logits', () => {
    const values = noveltyScale(known.map(({ distance }) => ({ distance, energy: null, rarity: null })));
    expect(values?.energy).toBeNull();
    if (values)
      expect(noveltyOf({ distance: 0.3, energy: null, rarity: null }, values)).toBeGreaterThan(0.95);
  });

  it('stays within 0…1 when all examples are equal', () => {
    const same = noveltyScale([
      { distance: 0, energy: -1, rarity: null },
      { distance: 0, energy: -1, rarity: null },
    ]);
    if (same) expect(noveltyOf({ distance: 1, energy: 1, rarity: null }, same)).toBe(1);
    expect(noveltyScale([])).toBeNull();
  });

  it('grows with a rarity that is more than one deviation above the usual, and not before', () => {
    const rarities = [2, 2.2, 2.4, 2.6, 2.8];
    const rare = noveltyScale(known.map((each, i) => ({ ...each, rarity: rarities[i] as number })));
    if (!rare) throw new Error('Expected a scale');
    const at = (rarity: number) => noveltyOf({ distance: 0.14, energy: -4.8, rarity }, rare);
    expect(at(2.5)).toBe(at(1));
    expect(at(5)).toBeGreaterThan(0.95);
  });
});
