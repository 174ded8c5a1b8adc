import { type Dim, productOf } from '../dim.ts';
import type { ConvAttributes } from '../ops/convolution.ts';
import { concat, constant, conv, pad, reshape, slice, transpose } from '../ops/index.ts';
import type { Value } from '../value.ts';

/** What kernel taps `tap` … `tap + taps − 1` read, an output pixel per row: [n·oh·ow, taps·c]. */
export interface Patch {
  readonly rows: Value;
  readonly tap: number;
  readonly taps: number;
}

/** Fewer channels than this: a slice per tap would copy few numbers at a time, and its columns be too few for a product. */
const NARROW = 16;
/** Pixels of the output plane up to which one product over all taps is faster, for all that it copies them once more. */
const SMALL_PLANE = 16;

/** [n, c, h, w] → [n, h, w, c]; with one channel that moves nothing. */
export function channelsLast(x: Value): Value {
  const [n, c, h, w] = x.shape as readonly [Dim, Dim, Dim, Dim];
  return c === 1 ? reshape(x, [n, h, w, c]) : transpose(x, [0, 2, 3, 1]);
}

/** [n, h, w, c] → [n, c, h, w]. */
export const channelsFirst = (x: Value): Value => transpose(x, [0, 3, 1, 2]);

/** All but the last axis as one: [n, h, w, c] → [n·h·w, c]. */
export function pixelRows(x: Value): Value {
  return reshape(x, [productOf(x.shape.slice(0, -1)), x.shape.at(-1) as Dim]);
}

/** [o, c, kh, kw] → [o, kh·kw·c]: for each tap a matrix from channels to filters, side by side. */
export function tapColumns(w: Value): Value {
  const [filters, ...rest] = w.shape;
  return reshape(channelsLast(w), [filters as Dim, productOf(rest)]);
}

/** The columns of `kernel` that belong to the taps of one patch. */
export function columnsOfTaps(
  kernel: Value,
  { tap, taps }: Pick<Patch, 'tap' | 'taps'>,
  channels: number,
): Value {
  const [start, end] = [tap * channels, (tap + taps) * channels];
  return start === 0 && end === kernel.shape[1] ? kernel : slice(kernel, [{ axis: 1, start, end }]);
}

/**
 * What the kernel reads of x [n, c, h, w], by taps: a convolution and its weight gradient are products with the same
 * matrices. Columns that one stride spans lie side by side in a channels-last row, so they are one tap, wide as all of
 * them: of a 3×3 kernel at stride 2, six slices instead of nine.
 */
export function patchesOf(
  x: Value,
  [kh, kw]: readonly [number, number],
  [oh, ow]: readonly [number, number],
  geometry: ConvAttributes,
): readonly Patch[] {
  const { strides, pads, dilations } = geometry;
  const [batch, channels, height, width] = x.shape as readonly [Dim, number, number, number];
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  const [[sh = 1, sw = 1], [dh = 1, dw = 1]] = [strides, dilations];
  if (channels < NARROW) {
    const read = conv(x, everyPixel(channels, kh, kw), undefined, geometry);
    return [{ rows: pixelRows(channelsLast(read)), tap: 0, taps: kh * kw }];
  }
  const cell = dw === 1 ? sw : 1;
  const spare = (cell - ((left + width + right) % cell)) % cell;
  const padded = pad(channelsLast(x), [0, top, left, 0, 0, bottom, right + spare, 0]);
  const wide = (left + width + right + spare) / cell;
  const cells = reshape(padded, [batch, top + height + bottom, wide, cell * channels]);

  const patches = Array.from({ length: kh }, (_, i) =>
    Array.from({ length: Math.ceil(kw / cell) }, (_, run) => {
      const [j, taps] = [run * cell, Math.min(cell, kw - run * cell)];
      const column = (j * dw) / cell;
      const step = sw / cell;
      const read = slice(cells, [
        { axis: 1, start: i * dh, end: i * dh + (oh - 1) * sh + 1, step: sh },
        { axis: 2, start: column, end: column + (ow - 1) * step + 1, step },
        ...(taps < cell ? [{ axis: 3, start: 0, end: taps * channels }] : []),
      ]);
      return { rows: read, tap: i * kw + j, taps };
    }),
  ).flat();
  if (oh * ow > SMALL_PLANE) return patches.map((patch) => ({ ...patch, rows: pixelRows(patch.rows) }));
  const all = concat(
    patches.map(({ rows }) => rows),
    3,
  );
  return [{ rows: pixelRows(all), tap: 0, taps: kh * kw }];
}

/** Filters of one 1 each, [kh·kw·c, c, kh, kw]: convolving with them gathers what the kernel reads, exactly. */
function everyPixel(channels: number, kh: number, kw: number): Value {
  const filters = kh * kw * channels;
  const data = new Float32Array(filters * filters);
  for (let tap = 0; tap < kh * kw; tap++)
    for (let channel = 0; channel < channels; channel++)
      data[((tap * channels + channel) * channels + channel) * kh * kw + tap] = 1;
  return constant({ shape: [filters, channels, kh, kw], data });
}
