import type { ImagePreparation } from '../../../package/encoder/preparation.ts';

export type Interpolation = NonNullable<ImagePreparation['interpolation']>;

/** A filter over the distance from a pixel of the result. It is 0 beyond `support`. */
interface Filter {
  readonly support: number;
  at(distance: number): number;
}

/** Keys's cubic with a = −½. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const filters: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  bilinear: { support: 1, at: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: { support: 2, at: cubic },
  lanczos: { support: 3, at: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** For each position of a result: the first position of the source that it reads, and the weights from there on. */
export interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** [positions, width] */
  readonly weights: Float64Array;
  readonly width: number;
}

/**
 * The weights that reduce or enlarge an axis from `from` to `to` pixels, for the `count` positions of the result from `first`
 * on. When an axis is reduced, the filter is as wide as the step, so that nothing aliases. The weights of a position sum to 1.
 *
 * @see Pillow, src/libImaging/Resample.c, precompute_coeffs, and Geometry.c for `nearest`
 */
export function tapsOf(
  interpolation: Interpolation,
  {
    from,
    to,
    first,
    count,
  }: { readonly from: number; readonly to: number; readonly first: number; readonly count: number },
): Taps {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const filter = interpolation === 'nearest' ? null : filters[interpolation];
  const reach = (filter?.support ?? 0) * stretch;
  const width = filter ? 2 * Math.ceil(reach) + 1 : 1;
  const taps = {
    starts: new Int32Array(count),
    counts: new Int32Array(count).fill(1),
    weights: new Float64Array(count * width).fill(filter ? 0 : 1),
    width,
  };
  if (!filter) {
    // Steps are added up, as in Pillow: for a centre between two pixels, the rounding error of the sum decides.
    let centre = 0.5 * scale;
    for (let i = -first; i < count; i++, centre += scale)
      if (i >= 0) taps.starts[i] = Math.min(from - 1, Math.floor(centre));
    return taps;
  }
  for (let i = 0; i < count; i++) {
    const centre = (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const row = taps.weights.subarray(i * width, i * width + end - start);
    let sum = 0;
    for (let k = 0; k < row.length; k++) {
      row[k] = filter.at((start + k - centre + 0.5) / stretch);
      sum += row[k] as number;
    }
    for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / sum;
    taps.starts[i] = start;
    taps.counts[i] = row.length;
  }
  return taps;
}
