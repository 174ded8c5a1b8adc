import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random, restoreRandom } from '../../src/training/random.ts';

const take = (random: Random, n: number) => Array.from({ length: n }, () => random.uniform());
function tally<Value>(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

describe('random', () => {
  it('gives the numbers of the reference implementation', () => {
    // xoshiro128starstar.c from state 1, 2, 3, 4; also the vector of the Rust crate rand_xoshiro.
    const random = restoreRandom([1, 2, 3, 4]);
    expect(take(random, 10).map((u) => u * 2 ** 32)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('repeats a stream for the same seed, and differs between seeds', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        expect(take(createRandom(seed), 8)).toEqual(take(createRandom(seed), 8));
        if (seed < Number.MAX_SAFE_INTEGER) {
          expect(take(createRandom(seed), 8)).not.toEqual(take(createRandom(seed + 1), 8));
        }
      }),
    );
  });

  it('continues exactly from a saved state, also through JSON', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, drawn) => {
        const random = createRandom(seed);
        for (let i = 0; i < drawn; i++) random.normal();
        const restored = restoreRandom(JSON.parse(JSON.stringify(random.state())));
        expect(take(restored, 8)).toEqual(take(random, 8));
        expect(restored.normal()).toBe(random.normal());
      }),
    );
  });

  it('forks by label without advancing, and no fork repeats another or its parent', () => {
    const random = createRandom(1);
    const before = random.state();
    const labels = [0, 1, 2, 1000, '0', '1', 'train', 'val', ''];
    const streams = [random, ...labels.map((label) => random.fork(label))];
    expect(random.state()).toEqual(before);
    expect(take(random.fork('val'), 4)).toEqual(take(createRandom(1).fork('val'), 4));
    expect(new Set(streams.map((stream) => take(stream, 4).join())).size).toBe(streams.length);
  });

  it('spreads uniform, integer and normal draws as their distributions say', () => {
    const random = createRandom(7);
    const n = 100_000;
    const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / n;
    expect(Math.abs(mean(take(random, n)) - 0.5)).toBeLessThan(0.005);
    const normals = Array.from({ length: n }, () => random.normal());
    expect(Math.abs(mean(normals))).toBeLessThan(0.015);
    expect(Math.abs(mean(normals.map((z) => z * z)) - 1)).toBeLessThan(0.03);
    const counts = tally(Array.from({ length: n }, () => random.integer(7)));
    expect(counts.size).toBe(7);
    for (const count of counts.values()) expect(Math.abs(count / n - 1 / 7)).toBeLessThan(0.006);
  });

  it('samples distinct numbers in range, every one equally often in every place', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(40), fc.nat(40), (seed, a, b) => {
        const [k, n] = [Math.min(a, b), Math.max(a, b)];
        const picked = createRandom(seed).sample(n, k);
        expect(picked).toHaveLength(k);
        expect(new Set(picked).size).toBe(k);
        expect(picked.every((i) => Number.isInteger(i) && i >= 0 && i < n)).toBe(true);
      }),
    );
    const random = createRandom(3);
    const samples = Array.from({ length: 40_000 }, () => random.sample(4, 3));
    for (const place of [0, 1, 2]) {
      const counts = tally(samples.map((picked) => picked[place]));
      expect(counts.size).toBe(4);
      for (const count of counts.values()) expect(Math.abs(count / 40_000 - 0.25)).toBeLessThan(0.015);
    }
  });

  it('refuses invalid seeds, ranges and states', () => {
    expect(() => createRandom(0.5)).toThrow('integer seed');
    expect(() => createRandom(1).integer(0)).toThrow('got 0');
    expect(() => createRandom(1).sample(3, 4)).toThrow('got 4');
    expect(() => restoreRandom([0, 0, 0, 0])).toThrow('not all zero');
  });
});
