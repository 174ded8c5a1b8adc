import { type Dim, productOf } from '../../onnx/dim.ts';
import { conv, gemm, reshape, slice, transpose } from '../ops/index.ts';
import { inputOf, type Value } from '../value.ts';
import { channelRows, channelsOutermost, imagesOutermost } from './channels-outermost.ts';

interface Geometry {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
}

/** Whether a convolution is a product of the channels in each place: 1×1, without groups and padding. */
export const isPointwise = (kernel: readonly number[], { pads, group }: Geometry): boolean =>
  group === 1 && kernel.every((size) => size === 1) && pads.every((each) => each === 0);

/** The places that a strided 1×1 convolution reads. */
function read(x: Value, { strides }: Geometry): Value {
  const ranges = strides.flatMap((step, i) =>
    step > 1 ? [{ axis: i + 2, start: 0, end: Number(x.shape[i + 2]), step }] : [],
  );
  return ranges.length > 0 ? slice(x, ranges) : x;
}

const matrixOf = (w: Value): Value => reshape(w, w.shape.slice(0, 2));

/** Rows [o, h·w·n] as images. */
function images(rows: Value, [n, o, ...plane]: readonly Dim[]): Value {
  return imagesOutermost(reshape(rows, [o as Dim, ...plane, n as Dim]));
}

/** W [o, c] · X [c, h·w·n], as one image of the runtime's convolution: it adds the bias and clips while it computes. */
export function pointwise(node: Value<'Conv'>): Value {
  const [x, w, bias] = [inputOf(node, 0), inputOf(node, 1), node.inputs[2]];
  const rows = channelRows(channelsOutermost(read(x, node.attributes)));
  const [channels, places] = rows.shape as readonly [Dim, Dim];
  if (typeof places === 'number')
    return images(conv(reshape(rows, [1, channels, 1, places]), w, bias), node.shape);
  const plus = bias && reshape(bias, [bias.shape[0] as Dim, 1]);
  return images(gemm(matrixOf(w), rows, { plus }), node.shape);
}

/** Wᵀ [c, o] · dY [o, h·w·n], for stride 1. */
export function pointwiseTranspose(node: Value<'ConvTranspose'>): Value {
  const [dy, w] = [inputOf(node, 0), inputOf(node, 1)];
  return images(gemm(matrixOf(w), channelRows(channelsOutermost(dy)), { transA: true }), node.shape);
}

/** dY [o, h·w·n] · Xᵀ [h·w·n, c]. */
export function pointwiseWeightGradient(node: Value<'ConvWeightGradient'>): Value {
  const [x, dy] = [read(inputOf(node, 0), node.attributes), inputOf(node, 1)];
  const [rows, columns] = [dy, x].map((each) => channelRows(channelsOutermost(each))) as [Value, Value];
  return reshape(gemm(rows, columns, { transB: true }), node.shape);
}

/**
 * The same product where images are outermost: only whole planes are moved, [n, c, h·w] → [c, n·h·w].
 */
export function weightGradientOfPlanes(node: Value<'ConvWeightGradient'>): Value {
  const [x, dy] = [read(inputOf(node, 0), node.attributes), inputOf(node, 1)];
  const [rows, columns] = [dy, x].map((each) => {
    const moved = transpose(each, [1, 0, 2, 3]);
    return reshape(moved, [moved.shape[0] as Dim, productOf(moved.shape.slice(1))]);
  }) as [Value, Value];
  return reshape(gemm(rows, columns, { transB: true }), node.shape);
}
