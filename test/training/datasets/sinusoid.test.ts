import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/training/datasets/catalogue.ts';
import { sinusoid } from '../../../src/training/datasets/sinusoid.ts';
import { createRandom } from '../../../src/training/random.ts';

describe('sinusoid', () => {
  it('draws support and query from one wave, with amplitude, phase and x in range', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { support, query } = sinusoid('train').sample(createRandom(seed), {
          ways: 1,
          shots: 30,
          queries: 30,
        });
        expect(support.x.shape).toEqual([30, 1]);
        expect(query.y.shape).toEqual([30, 1]);
        expect([...support.x.data, ...query.x.data].every((x) => x >= -5 && x <= 5)).toBe(true);
        // y = a sin x + b cos x fits every support point exactly; the same a and b must give the query.
        const [a, b] = leastSquares(support.x.data, support.y.data);
        const amplitude = Math.hypot(a, b);
        const phase = Math.atan2(-b, a);
        expect(amplitude).toBeGreaterThan(0.099);
        expect(amplitude).toBeLessThan(5.001);
        expect(phase).toBeGreaterThan(-1e-3);
        expect(phase).toBeLessThan(Math.PI + 1e-3);
        query.x.data.forEach((x, i) => {
          expect(query.y.data[i]).toBeCloseTo(a * Math.sin(x) + b * Math.cos(x), 4);
        });
      }),
    );
  });

  it('repeats an episode from its seed and shares no x between support and query', async () => {
    const context = {
      decoder: { decode: () => Promise.reject(new Error('no images here')) },
      cacheDirectory: '',
      openEncoder: () => Promise.reject(new Error('no encoder here')),
    };
    const source = await openDataset({ name: 'sinusoid' }, 'test', context);
    const shape = { ways: 1, shots: 10, queries: 10 };
    const episode = source.sample(createRandom(2), shape);
    expect(source.sample(createRandom(2), shape)).toEqual(episode);
    expect(source.sample(createRandom(3), shape)).not.toEqual(episode);
    expect(new Set([...episode.support.x.data, ...episode.query.x.data]).size).toBe(20);
    expect(source).toMatchObject({ name: 'sinusoid', split: 'test', classes: null, inputShape: [1] });
  });
});

/** The a and b that bring a sin x + b cos x closest to y, by the normal equations. */
function leastSquares(xs: Float32Array, ys: Float32Array): [number, number] {
  let [ss, sc, cc, sy, cy] = [0, 0, 0, 0, 0];
  xs.forEach((x, i) => {
    const [s, c, y] = [Math.sin(x), Math.cos(x), ys[i] ?? 0];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    sy += s * y;
    cy += c * y;
  });
  const determinant = ss * cc - sc * sc;
  return [(sy * cc - cy * sc) / determinant, (cy * ss - sy * sc) / determinant];
}
