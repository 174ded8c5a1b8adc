import { type Dim, isStatic, sameShape } from '../../onnx/dim.ts';
import { type ConvAttributes, type Value, value } from '../value.ts';
import { reshape } from './movement.ts';

export type ConvOptions = Partial<ConvAttributes>;

/** [h, w] of x [n, c, h, w]. @throws RangeError when x has another rank or these are symbolic. */
export function spatial({ shape }: Value): readonly number[] {
  const size = shape.slice(2);
  if (shape.length !== 4 || !isStatic(size)) {
    throw new RangeError(`Expected four axes, the last two static, got [${shape}]`);
  }
  return size;
}

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

const at = (list: readonly number[], i: number): number => list[i] ?? 0;

/** Span of a dilated kernel along axis i. */
const span = (kernel: readonly number[], { dilations }: ConvAttributes, i: number) =>
  at(dilations, i) * (at(kernel, i) - 1) + 1;

/** Spatial shape [h', w'] of a convolution over [h, w]. */
export function outputSize(
  size: readonly number[],
  kernel: readonly number[],
  attributes: ConvAttributes,
): readonly number[] {
  return size.map((dim, i) => {
    const padded = dim + at(attributes.pads, i) + at(attributes.pads, i + size.length);
    return Math.floor((padded - span(kernel, attributes, i)) / at(attributes.strides, i)) + 1;
  });
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
  const [kernel, size] = [spatial(w), spatial(x)];
  const [channels, filters, perGroup] = [x.shape[1], w.shape[0], w.shape[1]];
  if (
    typeof channels !== 'number' ||
    channels !== Number(perGroup) * attributes.group ||
    Number(filters) % attributes.group
  ) {
    throw new RangeError(
      `Expected channels to fit filters in ${attributes.group} groups, got [${x.shape}] and [${w.shape}]`,
    );
  }
  if (bias && !sameShape(bias.shape, [filters as Dim])) {
    throw new RangeError(`Expected a bias of shape [${filters}], got [${bias.shape}]`);
  }
  const out = outputSize(size, kernel, attributes);
  if (out.some((dim) => dim < 1))
    throw new RangeError(`Expected a kernel within the padded input, got [${x.shape}] and [${w.shape}]`);
  return value('Conv', bias ? [x, w, bias] : [x, w], attributes, {
    shape: [x.shape[0] as Dim, filters as Dim, ...out],
  });
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
  const outputPadding = spatial(y).map((dim, i) => {
    const full = (dim - 1) * at(attributes.strides, i) + span(kernel, attributes, i);
    return at(size, i) - full + at(attributes.pads, i) + at(attributes.pads, i + kernel.length);
  });
  const channels = Number(w.shape[1]) * attributes.group;
  return value(
    'ConvTranspose',
    [y, w],
    { ...attributes, output_padding: outputPadding },
    {
      shape: [y.shape[0] as Dim, channels, ...size],
    },
  );
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
  if (x.shape[0] !== dy.shape[0] || !sameShape(outputSize(spatial(x), kernel, attributes), spatial(dy))) {
    throw new RangeError(
      `Expected the output of a convolution of [${x.shape}] with [${kernel}], got [${dy.shape}]`,
    );
  }
  const shape = [dy.shape[1] as Dim, Number(x.shape[1]) / attributes.group, ...kernel];
  return value('ConvWeightGradient', [x, dy], { ...attributes, kernel_shape: kernel }, { shape });
}
