import { sameShape } from '../../onnx/dim.ts';
import { leastInputSize, outputSize, spatial } from '../infer/convolution.ts';
import { type ConvAttributes, type Value, value } from '../value.ts';
import { reshape } from './movement.ts';

export type ConvOptions = Partial<ConvAttributes>;

/** x [n, c, l] as an image of one row: [n, c, 1, l]. */
export const asRow = (x: Value): Value => reshape(x, [...x.shape.slice(0, 2), 1, ...x.shape.slice(2)]);

/** [n, c, 1, l] → [n, c, l]. */
export const fromRow = (y: Value): Value => reshape(y, y.shape.toSpliced(2, 1));

interface Geometry {
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
}

/** Options for one spatial axis as options for images of one row. */
export function inRows<Options extends Geometry>(options: Options): Options {
  const {
    strides: [stride = 1] = [],
    pads: [before = 0, after = 0] = [],
    dilations: [dilation = 1] = [],
  } = options;
  return { ...options, strides: [1, stride], pads: [0, before, 0, after], dilations: [1, dilation] };
}

function complete({
  strides = [1, 1],
  pads = [0, 0, 0, 0],
  dilations = [1, 1],
  group = 1,
}: ConvOptions): ConvAttributes {
  return { strides, pads, dilations, group };
}

/**
 * Cross-correlation y[n, o, p] = Σ_{c,t} x[n, c, s·p + d·t − pad] w[o, c, t] (+ bias[o]).
 * x [n, c, h, w], w [o, c/group, kh, kw] → [n, o, h', w'], or with one spatial axis x [n, c, l], w [o, c/group, k] →
 * [n, o, l'], which is computed as images of one row.
 */
export function conv(x: Value, w: Value, bias?: Value, options: ConvOptions = {}): Value {
  if (x.shape.length === 3 && w.shape.length === 3)
    return fromRow(conv(asRow(x), asRow(w), bias, inRows(options)));
  const attributes = complete(options);
  return value('Conv', bias ? [x, w, bias] : [x, w], attributes);
}

/**
 * The adjoint of `conv` in x: y [n, o, h', w'] and the same w [o, c/group, kh, kw] → [n, c, …size], where
 * `size` is the spatial shape of the convolution's input.
 */
export function convTranspose(
  y: Value,
  w: Value,
  size: readonly number[],
  options: ConvOptions = {},
): Value<'ConvTranspose'> {
  const attributes = complete(options);
  const kernel = spatial(w);
  if (y.shape[1] !== w.shape[0] || !sameShape(outputSize(size, kernel, attributes), spatial(y))) {
    throw new RangeError(
      `Expected the output of a convolution of [${size}] with [${w.shape}], got [${y.shape}]`,
    );
  }
  const least = leastInputSize(spatial(y), kernel, attributes);
  const outputPadding = size.map((dim, i) => dim - (least[i] ?? 0));
  return value('ConvTranspose', [y, w], { ...attributes, output_padding: outputPadding });
}

/**
 * The adjoint of `conv` in w: dw[o, c, t] = Σ_{n,p} dy[n, o, p] x[n, c, s·p + d·t − pad].
 * x [n, c, h, w], dy [n, o, h', w'] → [o, c/group, …kernel].
 */
export function convWeightGradient(
  x: Value,
  dy: Value,
  kernel: readonly number[],
  options: ConvOptions = {},
): Value<'ConvWeightGradient'> {
  const attributes = complete(options);
  return value('ConvWeightGradient', [x, dy], { ...attributes, kernel_shape: kernel });
}
