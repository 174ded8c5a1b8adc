import type { ConvAttributes } from '../value.ts';

/** One number for each spatial axis. */
export type Pair = readonly [number, number];
export const pair = (each: (axis: 0 | 1) => number): Pair => [each(0), each(1)];

/** Output place p reads place p + offset of this plane of x. */
interface Tap {
  readonly plane: number;
  readonly offset: number;
}

/** One axis of a convolution as one with stride 1. */
interface Axis {
  /** x is split into this many planes: places with equal residues modulo the stride. */
  readonly planes: number;
  /** Length of x, of a plane, and of the result. */
  readonly size: number;
  readonly length: number;
  readonly out: number;
  readonly taps: readonly Tap[];
  /** Offsets first, first + step … last. A tap lies on one of them; with a stride some have no tap. */
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Number of these offsets. */
  readonly reach: number;
}

export type Geometry = readonly [Axis, Axis];

/**
 * A strided convolution along each axis as one with stride 1 over planes: tap i of output place p reads
 * s·p + i·d − before, which is in the plane of its residue modulo s.
 */
export function geometryOf(
  { strides, dilations, pads }: ConvAttributes,
  kernel: readonly number[],
  size: readonly number[],
  out: readonly number[],
): Geometry {
  const along = (axis: number): Axis => {
    const [stride = 1, dilation = 1, before = 0] = [strides[axis], dilations[axis], pads[axis]];
    const [length = 1, count = 1] = [size[axis], kernel[axis]];
    const taps = Array.from({ length: count }, (_, i): Tap => {
      const place = i * dilation - before;
      const offset = Math.floor(place / stride);
      return { plane: place - offset * stride, offset };
    });
    const offsets = taps.map(({ offset }) => offset);
    const [first, last] = [Math.min(...offsets), Math.max(...offsets)];
    const step = stride === 1 ? dilation : 1;
    return {
      planes: stride,
      size: length,
      length: Math.ceil(length / stride),
      out: out[axis] ?? 1,
      taps,
      first,
      last,
      step,
      reach: (last - first) / step + 1,
    };
  };
  return [along(0), along(1)];
}

/** All taps, row by row: where each lies among the planes and the offsets [s·s, kh', kw']. */
export function placesOf([rows, columns]: Geometry): readonly number[] {
  return rows.taps.flatMap((row) =>
    columns.taps.map((column) => {
      const [i, j] = [(row.offset - rows.first) / rows.step, (column.offset - columns.first) / columns.step];
      return ((row.plane * columns.planes + column.plane) * rows.reach + i) * columns.reach + j;
    }),
  );
}
