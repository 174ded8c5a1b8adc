import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { tapsOf } from '../../../src/adapters/sharp/pillow/filters.ts';
import { type Region, resampled } from '../../../src/adapters/sharp/pillow/resample.ts';
import { fuzz } from '../../support/fuzz.ts';

const side = fc.integer({ min: 1, max: 40 });
const offset = fc.integer({ min: -10, max: 10 });
const interpolations = ['nearest', 'bilinear', 'bicubic', 'lanczos'] as const;

/** A picture whose red value is a function of the position. Reading outside of it fails. */
const pictureOf = (width: number, height: number, red: (x: number, y: number) => number) => ({
  width,
  height,
  async read({ left, top, width: columns, height: rows }: Region): Promise<Uint8Array> {
    assert.ok(left >= 0 && top >= 0 && left + columns <= width && top + rows <= height, 'inside the picture');
    return Uint8Array.from({ length: 3 * columns * rows }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % columns, Math.floor(i / 3 / columns)];
      return i % 3 === 0 ? red(left + x, top + y) : 7;
    });
  },
});

describe.each(interpolations)('resizing with %s', (interpolation) => {
  it('weighs each pixel by parts of 1, within the picture', () => {
    fc.assert(
      fc.property(side, side, fc.nat(39), (from, to, start) => {
        const first = start % to;
        const { starts, counts, weights, width } = tapsOf(interpolation, {
          from,
          to,
          first,
          count: to - first,
        });
        for (const [i, begin] of starts.entries()) {
          const count = counts[i] ?? 0;
          assert.ok(begin >= 0 && begin + count <= from, `weights from ${begin} to ${begin + count}`);
          const sum = weights.subarray(i * width, i * width + count).reduce((a, b) => a + b, 0);
          assert.ok(Math.abs(sum - 1) < 5e-10, `parts of ${sum}`);
        }
      }),
      fuzz(300),
    );
  });

  it('gives any part the same values as the whole, and white beyond it', async () => {
    const property = fc.asyncProperty(
      side,
      side,
      side,
      side,
      offset,
      offset,
      async (w, h, width, height, left, top) => {
        const picture = pictureOf(w, h, (x, y) => (37 * x + 61 * y) % 256);
        const whole = await resampled(
          picture,
          { width, height, part: { left: 0, top: 0, width, height } },
          interpolation,
        );
        const part = { left: left % width, top: top % height, width: 9, height: 9 };
        const got = await resampled(picture, { width, height, part }, interpolation);
        for (let i = 0; i < 81; i++) {
          const [x, y] = [part.left + (i % 9), part.top + Math.floor(i / 9)];
          const isWithin = x >= 0 && y >= 0 && x < width && y < height;
          assert.equal(got[3 * i], isWithin ? whole[3 * (y * width + x)] : 255, `pixel (${x}, ${y})`);
        }
      },
    );
    await fc.assert(property, fuzz(200));
  });

  it('keeps one colour', async () => {
    const property = fc.asyncProperty(
      side,
      side,
      side,
      side,
      fc.nat(255),
      async (w, h, width, height, red) => {
        const part = { left: 0, top: 0, width, height };
        const got = await resampled(
          pictureOf(w, h, () => red),
          { width, height, part },
          interpolation,
        );
        const expected = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i % 3 === 0 ? red : 7));
        assert.deepEqual(Buffer.from(got), Buffer.from(expected));
      },
    );
    await fc.assert(property, fuzz(100));
  });
});
