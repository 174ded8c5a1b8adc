import { type Dim, productOf, type Shape } from '../../onnx/dim.ts';
import { constant, conv, gather, pad, reshape, slice, transpose } from '../ops/index.ts';
import type { ConvAttributes, Value } from '../value.ts';

/** Below this number of channels pixels are not gathered by index: each copy would be only a few numbers long. */
const MIN_GATHER_CHANNELS = 16;

/** [n, c, h, w] → [n, h, w, c]. With one channel a reshape is enough. */
export function channelsLast(x: Value): Value {
  const [n, c, h, w] = x.shape as readonly [Dim, Dim, Dim, Dim];
  return c === 1 ? reshape(x, [n, h, w, c]) : transpose(x, [0, 2, 3, 1]);
}

/** [n, h, w, c] → [n, c, h, w]. */
export const channelsFirst = (x: Value): Value => transpose(x, [0, 3, 1, 2]);

/** All axes but the last as one: [n, h, w, c] → [n·h·w, c]. */
export function pixelRows(x: Value): Value {
  return reshape(x, [productOf(x.shape.slice(0, -1)), x.shape.at(-1) as Dim]);
}

/** The kernel as the matrix that multiplies `im2col`: [o, c, kh, kw] → [o, kh·kw·c]. */
export function packKernel(w: Value): Value {
  const [filters, ...rest] = w.shape;
  return reshape(channelsLast(w), [filters as Dim, productOf(rest)]);
}

/** The kernel of `shape` [o, c, kh, kw] from its matrix [o, kh·kw·c]. */
export function unpackKernel(packed: Value, shape: Shape): Value {
  const [filters, channels, height, width] = shape as readonly [Dim, Dim, Dim, Dim];
  return channelsFirst(reshape(packed, [filters, height, width, channels]));
}

/**
 * im2col: the pixels of x [n, c, h, w] that the kernel reads, one row per output pixel: [n·oh·ow, kh·kw·c]. A convolution
 * and its weight gradient are products with this same matrix. Pixels are gathered by index, all channels of a pixel
 * together. An index in the padding refers to one pixel of zeros that is appended to the image.
 */
export function im2col(
  x: Value,
  [kh, kw]: readonly [number, number],
  [oh, ow]: readonly [number, number],
  geometry: ConvAttributes,
): Value {
  const [batch, channels, height, width] = x.shape as readonly [Dim, number, number, number];
  if (kh * kw === 1 && geometry.pads.every((each) => each === 0)) {
    const steps = geometry.strides.map((step, i) => ({
      axis: i + 1,
      start: 0,
      end: Number(x.shape[i + 2]),
      step,
    }));
    const last = channelsLast(x);
    return pixelRows(steps.every(({ step }) => step === 1) ? last : slice(last, steps));
  }
  if (channels < MIN_GATHER_CHANNELS)
    return pixelRows(channelsLast(conv(x, copyingKernel(channels, kh, kw), undefined, geometry)));
  const [top = 0, left = 0] = geometry.pads;
  const [[sh = 1, sw = 1], [dh = 1, dw = 1]] = [geometry.strides, geometry.dilations];
  const read = grid(oh, ow).flatMap(([p, q]) =>
    grid(kh, kw).map(([i, j]) => [p * sh + i * dh - top, q * sw + j * dw - left] as const),
  );
  const inside = ([row, column]: readonly [number, number]) =>
    row >= 0 && row < height && column >= 0 && column < width;
  const pixels = reshape(channelsLast(x), [batch, height * width, channels]);
  const zero = read.every(inside) ? 0 : 1;
  const indices = read.map((at) => (inside(at) ? at[0] * width + at[1] : height * width));
  const gathered = gather(pad(pixels, [0, 0, 0, 0, zero, 0]), indices, 1);
  return reshape(gathered, [productOf([batch, oh, ow]), kh * kw * channels]);
}

/** All pairs (i, j) with i < rows and j < columns, row by row. */
export const grid = (rows: number, columns: number): readonly (readonly [number, number])[] =>
  Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);

/**
 * Filters [kh·kw·c, c, kh, kw] with a single 1 each. The convolution with these filters copies each pixel that the
 * kernel reads.
 */
function copyingKernel(channels: number, kh: number, kw: number): Value {
  const filters = kh * kw * channels;
  const data = new Float32Array(filters * filters);
  for (let tap = 0; tap < kh * kw; tap++)
    for (let channel = 0; channel < channels; channel++)
      data[((tap * channels + channel) * channels + channel) * kh * kw + tap] = 1;
  return constant({ shape: [filters, channels, kh, kw], data });
}
