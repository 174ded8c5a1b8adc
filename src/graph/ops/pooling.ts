import { spatial } from '../infer/convolution.ts';
import { type PoolingOps, type Value, value } from '../value.ts';
import { asRow, fromRow, inRows } from './convolution.ts';
import { pad } from './movement.ts';
import { reduceMean } from './reduction.ts';

interface PoolOptions {
  readonly strides?: readonly number[];
  /** Before each spatial axis, then after each. */
  readonly pads?: readonly number[];
  /** Whether a last window that reaches past the end also counts. It must begin before the padding at the end. */
  readonly ceilMode?: boolean;
}

interface MaxPoolOptions extends PoolOptions {
  readonly dilations?: readonly number[];
}

interface AveragePoolOptions extends PoolOptions {
  /** Whether the mean counts the zeros in `pads`. It never counts what lies past them. */
  readonly countIncludePad?: boolean;
}

type Window = PoolingOps['MaxPool'];

function windowOf(kernel: readonly number[], options: MaxPoolOptions): Window {
  const { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1] } = options;
  return { kernel_shape: kernel, strides, pads, dilations };
}

/** How far the last windows reach past the end of each axis when the number of windows is rounded up. */
function overhang(x: Value, { kernel_shape: kernel, ...window }: Window): readonly number[] {
  return spatial(x).map((dim, i) => {
    const [stride = 1, before = 0, after = 0] = [window.strides[i], window.pads[i], window.pads[i + 2]];
    const reach = (window.dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1;
    const past = (stride - ((dim + before + after - reach) % stride)) % stride;
    const start = dim + before + after + past - reach;
    return start < dim + before ? past : 0;
  });
}

const widened = (pads: readonly number[], by: readonly number[]): readonly number[] => [
  ...pads.slice(0, 2),
  ...pads.slice(2).map((each, i) => each + (by[i] ?? 0)),
];

/**
 * Largest element of each window: x [n, c, h, w] → [n, c, h', w'], or x [n, c, l] → [n, c, l'] with a kernel of one
 * axis. Padding never wins.
 */
export function maxPool(x: Value, kernel: readonly number[], options: MaxPoolOptions = {}): Value {
  if (x.shape.length === 3) return fromRow(maxPool(asRow(x), [1, ...kernel], inRows(options)));
  const window = windowOf(kernel, options);
  const pads = options.ceilMode ? widened(window.pads, overhang(x, window)) : window.pads;
  return value('MaxPool', [x], { ...window, pads });
}

/** Mean of each window: x [n, c, h, w] → [n, c, h', w'], or x [n, c, l] → [n, c, l'] with a kernel of one axis. */
export function averagePool(x: Value, kernel: readonly number[], options: AveragePoolOptions = {}): Value {
  if (x.shape.length === 3) return fromRow(averagePool(asRow(x), [1, ...kernel], inRows(options)));
  const window = windowOf(kernel, options);
  const past = options.ceilMode ? overhang(x, window) : [0, 0];
  const { countIncludePad = false } = options;
  if (countIncludePad && past.some((each) => each > 0)) {
    // Zeros that count become part of the input, so that what lies past them does not count.
    const [top = 0, left = 0, bottom = 0, right = 0] = window.pads;
    const around = pad(x, [0, 0, top, left, 0, 0, bottom, right]);
    return averagePool(around, kernel, { strides: window.strides, pads: widened([0, 0, 0, 0], past) });
  }
  const { dilations: _, ...rest } = { ...window, pads: widened(window.pads, past) };
  const attributes = { ...rest, count_include_pad: countIncludePad ? 1 : 0 } as const;
  return value('AveragePool', [x], attributes);
}

/** Mean over all spatial axes, kept with size 1: [n, c, …] → [n, c, 1, …]. */
export function globalAveragePool(x: Value): Value {
  return reduceMean(x, x.shape.map((_, axis) => axis).slice(2), { keepdims: true });
}

/** Largest element over all spatial axes, kept with size 1: [n, c, …] → [n, c, 1, …]. */
export function globalMaxPool(x: Value): Value {
  return maxPool(x, x.shape.slice(2).map(Number));
}
