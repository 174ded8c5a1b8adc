import { constant, gather, matMul, transpose } from '../ops/index.ts';
import type { Value } from '../value.ts';

export type ResizeMode = 'nearest' | 'linear' | 'cubic';
export type Coordinates =
  | ('half_pixel' | 'half_pixel_symmetric' | 'pytorch_half_pixel')
  | ('asymmetric' | 'align_corners');
export type Rounding = 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';

/** One axis that changes its size. */
export interface Resized {
  readonly axis: number;
  readonly size: number;
  /** The size of the result relative to x as the file states it, which may differ from the quotient of the sizes. */
  readonly scale: number;
  /** How a place between two elements is rounded, where the nearest element is taken. */
  readonly rounding: Rounding;
}

interface ResizeOptions {
  readonly mode: ResizeMode;
  readonly coordinates: Coordinates;
  /** The coefficient of cubic interpolation. */
  readonly cubic: number;
  /** Whether weights of pixels outside x count as zero; else they belong to the outermost pixel. */
  readonly excludeOutside: boolean;
}

/**
 * x with these axes interpolated, each by a constant matrix [size', size], or by indices for the nearest elements.
 * @see https://onnx.ai/onnx/operators/onnx__Resize.html
 */
export function resize(x: Value, axes: readonly Resized[], options: ResizeOptions): Value {
  return axes.reduce((y, each) => {
    const size = y.shape[each.axis];
    if (typeof size !== 'number')
      throw new RangeError(`Expected axis ${each.axis} of [${y.shape}] to be static`);
    const at = Array.from({ length: each.size }, (_, i) => position(i, size, each, options.coordinates));
    if (options.mode === 'nearest')
      return gather(
        y,
        at.map((place) => within(rounded(place, each.rounding), size)),
        each.axis,
      );
    const data = new Float32Array(each.size * size);
    at.forEach((place, row) => {
      for (const [pixel, weight] of weightsAt(place, size, options))
        data[row * size + pixel] = (data[row * size + pixel] ?? 0) + weight;
    });
    return along(y, each.axis, data, each.size);
  }, x);
}

/** Where element i of the result lies in an axis of x. */
function position(i: number, size: number, { size: out, scale }: Resized, coordinates: Coordinates): number {
  const half = (i + 0.5) / scale - 0.5;
  const places: Readonly<Record<Coordinates, () => number>> = {
    half_pixel: () => half,
    // The centre stays where it is also when the scale is not the quotient of the sizes.
    half_pixel_symmetric: () => half + (size / 2) * (1 - out / (scale * size)),
    pytorch_half_pixel: () => (out > 1 ? half : 0),
    asymmetric: () => i / scale,
    align_corners: () => (out === 1 ? 0 : (i * (size - 1)) / (out - 1)),
  };
  return places[coordinates]();
}

function rounded(x: number, rounding: Rounding): number {
  const rounds: Readonly<Record<Rounding, (x: number) => number>> = {
    round_prefer_floor: (at) => Math.ceil(at - 0.5),
    round_prefer_ceil: (at) => Math.floor(at + 0.5),
    floor: Math.floor,
    ceil: Math.ceil,
  };
  return rounds[rounding](x);
}

const within = (pixel: number, size: number) => Math.max(0, Math.min(size - 1, pixel));

/** The pixels around a place and their weights. */
function weightsAt(
  place: number,
  size: number,
  { mode, cubic, excludeOutside }: ResizeOptions,
): readonly (readonly [pixel: number, weight: number])[] {
  if (mode === 'linear') {
    const inside = Math.max(0, Math.min(size - 1, place));
    const pixel = Math.floor(inside);
    const part = inside - pixel;
    return [[pixel, 1 - part] as const, [within(pixel + 1, size), part] as const];
  }
  const first = Math.floor(place) - 1;
  const taps = [0, 1, 2, 3].map((i) => [first + i, cubicWeight(Math.abs(place - first - i), cubic)] as const);
  const isInside = ([pixel]: readonly [number, number]) => pixel >= 0 && pixel < size;
  if (!excludeOutside) return taps.map(([pixel, weight]) => [within(pixel, size), weight]);
  const counted = taps.filter(isInside);
  const total = counted.reduce((sum, [, weight]) => sum + weight, 0);
  return counted.map(([pixel, weight]) => [pixel, weight / total]);
}

/** @see Keys, Cubic Convolution Interpolation for Digital Image Processing (1981), eq. 15, for any coefficient a */
function cubicWeight(d: number, a: number): number {
  if (d <= 1) return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1;
  return d < 2 ? a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a : 0;
}

/** The matrix [out, size] applied along an axis: from the left to the last axis but one, from the right to the last. */
function along(x: Value, axis: number, matrix: Float32Array, out: number): Value {
  const rank = x.shape.length;
  const size = matrix.length / out;
  if (axis === rank - 2) return matMul(constant({ shape: [out, size], data: matrix }), x);
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < out; row++)
    for (let column = 0; column < size; column++)
      turned[column * out + row] = matrix[row * size + column] ?? 0;
  const last = x.shape.map((_, i) => (i === rank - 1 ? axis : i === axis ? rank - 1 : i));
  const swapped = axis === rank - 1 ? x : transpose(x, last);
  const made = matMul(swapped, constant({ shape: [size, out], data: turned }));
  return axis === rank - 1 ? made : transpose(made, last);
}
