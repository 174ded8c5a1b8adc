import { type Dim, isStatic, sameShape } from '../../onnx/dim.ts';
import type { ConvAttributes, ConvolutionOps, Value } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, typeOf } from './inference.ts';

/** [h, w] of x [n, c, h, w]. @throws RangeError when x has another rank or these are symbolic. */
export function spatial({ shape }: Value): readonly number[] {
  const size = shape.slice(2);
  if (shape.length !== 4 || !isStatic(size)) {
    throw new RangeError(`Expected four axes, the last two static, got [${shape}]`);
  }
  return size;
}

const at = (list: readonly number[], i: number): number => list[i] ?? 0;

type Geometry = Pick<ConvAttributes, 'strides' | 'pads' | 'dilations'>;

/** Pixels before and after axis i. */
const padding = ({ pads }: Geometry, i: number): number => at(pads, i) + at(pads, i + 2);

/** Span of a dilated kernel along axis i. */
const span = (kernel: readonly number[], { dilations }: Geometry, i: number) =>
  at(dilations, i) * (at(kernel, i) - 1) + 1;

/** Spatial shape [h', w'] of a convolution over [h, w]. */
export function outputSize(
  size: readonly number[],
  kernel: readonly number[],
  geometry: Geometry,
): readonly number[] {
  return size.map(
    (dim, i) =>
      Math.floor((dim + padding(geometry, i) - span(kernel, geometry, i)) / at(geometry.strides, i)) + 1,
  );
}

/** The smallest spatial shape [h, w] over which a convolution has the shape `out` [h', w']. */
export function leastInputSize(
  out: readonly number[],
  kernel: readonly number[],
  geometry: Geometry,
): readonly number[] {
  return out.map(
    (dim, i) => (dim - 1) * at(geometry.strides, i) + span(kernel, geometry, i) - padding(geometry, i),
  );
}

export const convolution: FamilyInferences<ConvolutionOps> = {
  Conv(node) {
    const [x, w, bias] = [inputOf(node, 0), inputOf(node, 1), node.inputs[2]];
    const { group } = node.attributes;
    const [kernel, size] = [spatial(w), spatial(x)];
    const [channels, filters, perGroup] = [x.shape[1], w.shape[0] as Dim, w.shape[1]];
    if (typeof channels !== 'number' || channels !== Number(perGroup) * group || Number(filters) % group) {
      throw new RangeError(
        `Expected channels to fit filters in ${group} groups, got [${x.shape}] and [${w.shape}]`,
      );
    }
    if (bias && !sameShape(bias.shape, [filters])) {
      throw new RangeError(`Expected a bias of shape [${filters}], got [${bias.shape}]`);
    }
    const out = outputSize(size, kernel, node.attributes);
    if (out.some((dim) => dim < 1))
      throw new RangeError(`Expected a kernel within the padded input, got [${x.shape}] and [${w.shape}]`);
    return { shape: [x.shape[0] as Dim, filters, ...out], dtype: typeOf(node.inputs, ['float32']) };
  },
  ConvTranspose(node) {
    const [y, w] = [inputOf(node, 0), inputOf(node, 1)];
    const { group, output_padding: extra } = node.attributes;
    const [kernel, out] = [spatial(w), spatial(y)];
    if (y.shape[1] !== w.shape[0])
      throw new RangeError(`Expected channels of the filters [${w.shape}], got [${y.shape}]`);
    const size = leastInputSize(out, kernel, node.attributes).map((dim, i) => dim + at(extra, i));
    const shape = [y.shape[0] as Dim, Number(w.shape[1]) * group, ...size];
    return { shape, dtype: typeOf(node.inputs, ['float32']) };
  },
  ConvWeightGradient(node) {
    const [x, dy] = [inputOf(node, 0), inputOf(node, 1)];
    const { kernel_shape: kernel, group } = node.attributes;
    if (
      x.shape[0] !== dy.shape[0] ||
      !sameShape(outputSize(spatial(x), kernel, node.attributes), spatial(dy))
    ) {
      throw new RangeError(
        `Expected the output of a convolution of [${x.shape}] with [${kernel}], got [${dy.shape}]`,
      );
    }
    const shape = [dy.shape[1] as Dim, Number(x.shape[1]) / group, ...kernel];
    return { shape, dtype: typeOf(node.inputs, ['float32']) };
  },
};
