import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { type Augmentation, augment } from '../../../src/training/datasets/augment.ts';
import { createRandom } from '../../../src/training/random.ts';
import { expectClose } from '../../support/close.ts';

const still: Augmentation = { rotate: 0, shift: 0, scale: 0, shear: 0 };
const SIDE = 21;

/** Images [n, 1, side, side], each with a soft blob in the middle, and their labels. */
function episode(n: number) {
  const blob = Array.from({ length: SIDE * SIDE }, (_, p) => {
    const [row, column] = [Math.floor(p / SIDE) - 10, (p % SIDE) - 10];
    return Math.exp(-(row * row + 4 * column * column) / 8);
  });
  const x = tensor([n, 1, SIDE, SIDE], Array.from({ length: n }, () => blob).flat());
  const y = tensor([n, 1], Array(n).fill(1));
  return { support: { x, y }, query: { x, y } };
}

/** Mean and covariance of ink relative to the middle of image i, in pixels. */
function moments({ data }: Tensor, i: number) {
  const image = data.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
  const mean = (of: (row: number, column: number) => number) => {
    let [sum, total] = [0, 0];
    image.forEach((ink, p) => {
      sum += ink * of(Math.floor(p / SIDE) - 10, (p % SIDE) - 10);
      total += ink;
    });
    return sum / total;
  };
  const [row, column] = [mean((r) => r), mean((_, c) => c)];
  return {
    row,
    column,
    tall: mean((r) => (r - row) ** 2),
    wide: mean((_, c) => (c - column) ** 2),
    tilt: mean((r, c) => (r - row) * (c - column)),
  };
}

const moved = (how: Partial<Augmentation>, seed = 1) =>
  augment(episode(40), { ...still, ...how }, createRandom(seed));

describe('augment', () => {
  it('changes no image if all ranges are 0, and never changes labels', () => {
    const before = episode(40);
    expectClose(moved({}).support.x, before.support.x, 1e-6);
    expect(moved({ rotate: 20, shift: 3 }).support.y).toEqual(before.support.y);
  });

  it('shifts every image independently, within the bound', () => {
    const { x } = moved({ shift: 3 }).support;
    const places = Array.from({ length: 40 }, (_, i) => moments(x, i));
    expect(Math.max(...places.map(({ row }) => Math.abs(row)))).toBeLessThan(3.05);
    expect(Math.max(...places.map(({ row }) => row))).toBeGreaterThan(1.5);
    expect(Math.min(...places.map(({ column }) => column))).toBeLessThan(-1.5);
    expect(new Set(places.map(({ row }) => row.toFixed(3))).size).toBeGreaterThan(30);
  });

  it('rotates around the middle: the blob tilts both ways and stays in place', () => {
    const { x } = moved({ rotate: 30 }).query;
    const places = Array.from({ length: 40 }, (_, i) => moments(x, i));
    // A blob with variances a and b, rotated by t, has the covariance (a − b) sin 2t / 2.
    const most = ((4 - 1) / 2) * Math.sin(Math.PI / 3);
    for (const { row, tilt } of places) {
      expect(Math.abs(row)).toBeLessThan(0.05);
      expect(Math.abs(tilt)).toBeLessThan(most * 1.1);
    }
    expect(Math.max(...places.map(({ tilt }) => tilt))).toBeGreaterThan(most / 2);
    expect(Math.min(...places.map(({ tilt }) => tilt))).toBeLessThan(-most / 2);
  });

  it('scales each axis independently', () => {
    const { x } = moved({ scale: 0.2 }).support;
    const places = Array.from({ length: 40 }, (_, i) => moments(x, i));
    const tall = places.map((each) => each.tall);
    expect(Math.min(...tall)).toBeGreaterThan(4 / 1.2 ** 2 - 0.2);
    expect(Math.max(...tall)).toBeLessThan(4 / 0.8 ** 2 + 0.3);
    expect(Math.max(...tall) - Math.min(...tall)).toBeGreaterThan(1.5);
    expect(new Set(places.map((each) => (each.tall / each.wide).toFixed(1))).size).toBeGreaterThan(5);
  });

  it('depends only on the seed', () => {
    const how = { rotate: 10, shift: 2, scale: 0.1, shear: 0.2 };
    expect(moved(how, 5)).toEqual(moved(how, 5));
    expect(moved(how, 5).support.x).not.toEqual(moved(how, 6).support.x);
  });
});
