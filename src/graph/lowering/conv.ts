import { type Dim, isStatic, productOf } from '../../onnx/dim.ts';
import { conv, gather, gemm, reshape, transpose } from '../ops/index.ts';
import { inputOf, isOp, type Value } from '../value.ts';
import { lowerConvTranspose as subPixel } from './conv-transpose.ts';
import { depthwise, depthwiseTranspose, depthwiseWeightGradient, isDepthwise } from './depthwise.ts';
import { groupedWeightGradient, outermostWeightGradient } from './grouped.ts';
import { channelsFirst, channelsLast, grid, im2col, packKernel, pixelRows } from './im2col.ts';
import {
  isPointwise,
  pointwise,
  pointwiseTranspose,
  pointwiseWeightGradient,
  weightGradientOfPlanes,
} from './pointwise.ts';

/** Properties of the whole graph that lowering uses. */
export interface Surroundings {
  /** Whether it learns depthwise filters: all channels are then kept outermost, also between other convolutions. */
  readonly isDepthwise: boolean;
}

/**
 * Planes of up to this many pixels are convolved as one product over the whole batch. On larger ones the im2col matrix is too
 * large for the time that it saves: 180 MB for 25 images of 56×56×64.
 */
const MAX_PATCHED_PIXELS = 20 * 20;

const planeOf = ({ shape }: Value): readonly number[] => shape.slice(2).map(Number);
const isSmall = (plane: readonly number[]) => (plane[0] ?? 1) * (plane[1] ?? 1) <= MAX_PATCHED_PIXELS;
const hasStaticBatch = ({ shape }: Value) => isStatic(shape.slice(0, 1));

/**
 * A convolution whose weights are computed or passed in, as one product over the whole batch: [n·p, kh·kw·c] ·
 * [kh·kw·c, o]. The runtime's own operator would work image by image. A convolution with constant weights is not
 * lowered: the runtime packs these weights once, when it loads the model.
 */
export function lowerConv(node: Value<'Conv'>, surroundings: Surroundings): Value {
  const [x, w, plus] = [inputOf(node, 0), inputOf(node, 1), node.inputs[2]];
  const { group } = node.attributes;
  if (isOp(w, 'Constant')) return node;
  if (isDepthwise(w.shape[0], x.shape[1], group)) return hasStaticBatch(x) ? depthwise(node) : node;
  if (surroundings.isDepthwise && isPointwise(planeOf(w), node.attributes)) return pointwise(node);
  if (group > 1 || !isSmall(planeOf(node))) return node;
  const [batch, filters, oh, ow] = node.shape as readonly [Dim, number, number, number];
  const [kh, kw] = w.shape.slice(2) as readonly number[] as readonly [number, number];
  const columns = im2col(x, [kh, kw], [oh, ow], node.attributes);
  const rows = gemm(columns, packKernel(w), { transB: true, plus });
  return channelsFirst(reshape(rows, [batch, oh, ow, filters]));
}

/** The input gradient of a convolution. */
export function lowerConvTranspose(node: Value<'ConvTranspose'>, surroundings: Surroundings): Value {
  const [dy, w] = [inputOf(node, 0), inputOf(node, 1)];
  const { group, strides, dilations, pads } = node.attributes;
  const isAtStride1 = strides.every((stride) => stride === 1);
  if (isDepthwise(w.shape[0], node.shape[1], group) && hasStaticBatch(dy)) return depthwiseTranspose(node);
  if (surroundings.isDepthwise && isAtStride1 && isPointwise(planeOf(w), node.attributes))
    return pointwiseTranspose(node);
  if (isSmall(planeOf(node))) return subPixel(node);
  const kernel = planeOf(w);
  const around = pads.map((each, i) => ((kernel[i % 2] ?? 1) - 1) * (dilations[i % 2] ?? 1) - each);
  if (group > 1 || !isAtStride1 || around.some((each) => each < 0)) return node;
  // With stride 1 it is a convolution with the filters reversed and their channels exchanged.
  return conv(dy, reversed(w), undefined, { pads: around, dilations });
}

/** [o, c, kh, kw] → [c, o, kh, kw], the taps in reverse. */
function reversed(w: Value): Value {
  const [o, c, kh, kw] = w.shape as readonly number[] as readonly [number, number, number, number];
  const exchanged = transpose(w, [1, 0, 2, 3]);
  if (kh * kw === 1) return exchanged;
  const backwards = grid(kh, kw).map((_, i) => kh * kw - 1 - i);
  return reshape(gather(reshape(exchanged, [c, o, kh * kw]), backwards, 2), [c, o, kh, kw]);
}

/**
 * The weight gradient of a convolution as a product with the same im2col matrix: [o, n·p] · [n·p, kh·kw·c]. Transposing
 * the cotangent first is faster than a product that reads it transposed: 0.7 of the time at 64 channels. If the im2col
 * matrix is narrower than the cotangent, the product reads the im2col matrix transposed instead. A channels-last
 * cotangent then needs no transpose, and a step on 100 images takes 0.94 of the time.
 */
export function lowerConvWeightGradient(
  node: Value<'ConvWeightGradient'>,
  surroundings: Surroundings,
): Value {
  const { group, kernel_shape: kernel, ...geometry } = node.attributes;
  const [x, dy] = [inputOf(node, 0), inputOf(node, 1)];
  if (isDepthwise(dy.shape[1], x.shape[1], group)) return depthwiseWeightGradient(node);
  if (group > 1) return groupedWeightGradient(node);
  if (isPointwise(kernel, node.attributes)) {
    if (surroundings.isDepthwise) return pointwiseWeightGradient(node);
    if (!isSmall(planeOf(dy))) return weightGradientOfPlanes(node);
  }
  if (surroundings.isDepthwise) return outermostWeightGradient(node);
  const [kh = 1, kw = 1] = kernel;
  const [batch, filters, oh, ow] = dy.shape as readonly [Dim, number, number, number];
  const channels = Number(x.shape[1]);
  if (!isSmall([oh, ow]) && kh * kw * channels > filters) return groupedWeightGradient(node);
  const columns = im2col(x, [kh, kw], [oh, ow], { ...geometry, group });
  const product =
    kh * kw * channels < filters
      ? transpose(gemm(columns, pixelRows(channelsLast(dy)), { transA: true }), [1, 0])
      : gemm(reshape(transpose(dy, [1, 0, 2, 3]), [filters, productOf([batch, oh, ow])]), columns);
  return channelsFirst(reshape(product, [filters, kh, kw, channels]));
}
