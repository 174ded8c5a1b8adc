import { type Dim, productOf } from '../dim.ts';
import { concat, convWeightGradient, gemm, reshape, slice, transpose } from '../ops/index.ts';
import { inputOf, isOp, type Value } from '../value.ts';
import { channelsFirst, columnsOfTaps, patchesOf, tapColumns } from './patches.ts';

/**
 * A convolution with weights that are computed, or passed in, as products over the whole batch: what each kernel tap
 * reads times that tap's matrix, summed. The runtime's own operator works image by image there; where weights are
 * constants it packs them when it loads, and is left alone.
 */
export function lowerConv(node: Value<'Conv'>): Value {
  const [x, w, bias] = [inputOf(node, 0), inputOf(node, 1), node.inputs[2]];
  if (node.attributes.group > 1 || isOp(w, 'Constant')) return node;
  const [batch, filters, oh, ow] = node.shape as readonly [Dim, number, number, number];
  const [, channels, kh, kw] = w.shape as readonly [number, number, number, number];
  const kernel = tapColumns(w);
  const sum = patchesOf(x, [kh, kw], [oh, ow], node.attributes).reduce<Value | undefined>(
    (plus, patch) => gemm(patch.rows, columnsOfTaps(kernel, patch, channels), { transB: true, plus }),
    bias,
  ) as Value;
  return channelsFirst(reshape(sum, [batch, oh, ow, filters]));
}

/**
 * The convolution's weight gradient as products of the output's cotangent with the same matrices: [o, n·p] · [n·p, taps·c].
 * Transposing the cotangent once is faster than having each product read its operand transposed.
 */
export function lowerConvWeightGradient(node: Value<'ConvWeightGradient'>): Value {
  const { group, kernel_shape: kernel, ...geometry } = node.attributes;
  const [x, dy] = [inputOf(node, 0), inputOf(node, 1)];
  if (group > 1) return concat(perGroup(node, x, dy), 0);
  const [kh = 1, kw = 1] = kernel;
  const [batch, filters, oh, ow] = dy.shape as readonly [Dim, number, number, number];
  const cotangent = reshape(transpose(dy, [1, 0, 2, 3]), [filters, productOf([batch, oh, ow])]);
  const products = patchesOf(x, [kh, kw], [oh, ow], { ...geometry, group }).map(({ rows }) =>
    gemm(cotangent, rows),
  );
  return channelsFirst(reshape(concat(products, 1), [filters, kh, kw, x.shape[1] as Dim]));
}

function perGroup(node: Value<'ConvWeightGradient'>, x: Value, dy: Value): readonly Value[] {
  const { group, kernel_shape: kernel, ...geometry } = node.attributes;
  const part = (of: Value, g: number) => {
    const size = Number(of.shape[1]) / group;
    return slice(of, [{ axis: 1, start: g * size, end: (g + 1) * size }]);
  };
  return Array.from({ length: group }, (_, g) =>
    lowerConvWeightGradient(convWeightGradient(part(x, g), part(dy, g), kernel, { ...geometry, group: 1 })),
  );
}
