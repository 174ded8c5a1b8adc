import { type Dim, productOf } from '../../onnx/dim.ts';
import { concat, gemm, matMul, padOrCut, reshape, slice, swapLast, transpose } from '../ops/index.ts';
import { inputOf, type Value } from '../value.ts';
import { channelRows, channelsOutermost } from './channels-outermost.ts';
import { channelsFirst, grid } from './im2col.ts';

/** A product with fewer channels is too narrow to be fast. */
const MIN_CHANNELS_PER_PRODUCT = 16;

/**
 * The weight gradient of a convolution in groups: for each tap one product over all groups, dY [g, o/g, n·p] ·
 * Xᵀ [g, n·p, c/g]. The number of nodes depends on the kernel only.
 */
export function groupedWeightGradient(node: Value<'ConvWeightGradient'>): Value {
  const [x, dy] = [inputOf(node, 0), inputOf(node, 1)];
  const { group, strides, dilations, pads, kernel_shape: kernel } = node.attributes;
  const [filters, perGroup] = node.shape as readonly Dim[] as readonly [number, number];
  const [n, , oh, ow] = dy.shape as readonly [Dim, Dim, number, number];
  const [sh = 1, sw = 1] = strides;
  const [dh = 1, dw = 1] = dilations;
  const [kh = 1, kw = 1] = kernel;
  const last = [(oh - 1) * sh + 1, (ow - 1) * sw + 1] as const;
  const whole = padOrCut(
    transpose(x, [1, 0, 2, 3]),
    [pads[0] ?? 0, pads[1] ?? 0],
    [last[0] + (kh - 1) * dh, last[1] + (kw - 1) * dw],
  );
  const places = productOf([n, oh, ow]);
  const rows = reshape(transpose(dy, [1, 0, 2, 3]), [group, filters / group, places]);
  const taps = grid(kh, kw).map(([i, j]) => {
    const read = slice(whole, [
      { axis: 2, start: i * dh, end: i * dh + last[0], step: sh },
      { axis: 3, start: j * dw, end: j * dw + last[1], step: sw },
    ]);
    const product = matMul(rows, swapLast(reshape(read, [group, perGroup, places])));
    return reshape(product, [filters, perGroup, 1]);
  });
  return reshape(concat(taps, 2), node.shape);
}

/**
 * The weight gradient of a convolution without groups where channels are outermost: dY [o, h·w·n] with the places that each
 * tap reads, [c, h·w·n]. Those of few channels are joined to one matrix, so that there is one product.
 */
export function outermostWeightGradient(node: Value<'ConvWeightGradient'>): Value {
  const [x, dy] = [inputOf(node, 0), inputOf(node, 1)];
  const { strides, dilations, pads, kernel_shape: kernel } = node.attributes;
  const [filters, channels, kh, kw] = node.shape as readonly number[] as readonly [
    number,
    number,
    number,
    number,
  ];
  const [sh = 1, sw = 1] = strides;
  const [dh = 1, dw = 1] = dilations;
  const last = dy.shape.slice(2).map((dim, i) => (Number(dim) - 1) * (strides[i] ?? 1) + 1) as [
    number,
    number,
  ];
  const whole = padOrCut(
    channelsOutermost(x),
    [pads[0] ?? 0, pads[1] ?? 0],
    [last[0] + (kh - 1) * dh, last[1] + (kw - 1) * dw],
    1,
  );
  const rows = channelRows(channelsOutermost(dy));
  const taps = grid(...(kernel as [number, number])).map(([i, j]) =>
    channelRows(
      slice(whole, [
        { axis: 1, start: i * dh, end: i * dh + last[0], step: sh },
        { axis: 2, start: j * dw, end: j * dw + last[1], step: sw },
      ]),
    ),
  );
  const matrices = channels < MIN_CHANNELS_PER_PRODUCT ? [concat(taps, 0)] : taps;
  const products = matrices.map((matrix) => gemm(rows, matrix, { transB: true }));
  return channelsFirst(reshape(concat(products, 1), [filters, kh, kw, channels]));
}
