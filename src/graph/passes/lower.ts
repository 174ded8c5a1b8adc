import type { Dim } from '../dim.ts';
import { productOf } from '../dim.ts';
import { concat, convWeightGradient, gemm, pad, reshape, slice, transpose } from '../ops/index.ts';
import { inputOf, type OpType, type Value } from '../value.ts';
import { lowerConvTranspose } from './lower-conv-transpose.ts';
import { type Pass, rewrite } from './rewrite.ts';
import { throughout } from './throughout.ts';

/** Operators of ours that ONNX lacks, and those with a faster writing, each in operators that ONNX has. */
const lowerings: { readonly [Op in OpType]?: (value: Value<Op>) => Value } = {
  StopGradient: (value) => inputOf(value, 0),
  ConvWeightGradient: lowerConvWeightGradient,
  ConvTranspose: lowerConvTranspose,
};

/** Leaves nothing but standard ONNX operators. */
export const lower: Pass = throughout((outputs) =>
  rewrite(outputs, (value) => {
    const lowering = lowerings[value.op] as ((value: Value) => Value) | undefined;
    return lowering ? lowering(value) : value;
  }),
);

/** Fewer channels than this are gathered into one product: on their own its columns would be too few to be fast. */
const NARROW = 16;

/**
 * The convolution's weight gradient as matrix products: the output's cotangent [o, n·p] times what each kernel tap
 * reads [n·p, c]. Strided slices of the channels-last input gather that, so the products run over long contiguous
 * rows. Over the layers of conv4, a convolution with batch and channel axes exchanged takes 1.8 to 2.1 times as
 * long, and all taps in one product 1.0 to 1.5 times (batch 5 to 100, `npm run bench:conv`).
 */
function lowerConvWeightGradient(node: Value<'ConvWeightGradient'>): Value {
  const { strides, pads, dilations, group, kernel_shape: kernel } = node.attributes;
  const [x, dy] = [inputOf(node, 0), inputOf(node, 1)];
  if (group > 1) return concat(perGroup(node, x, dy), 0);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  const [kh = 1, kw = 1] = kernel;
  const [sh = 1, sw = 1] = strides;
  const [dh = 1, dw = 1] = dilations;
  const [batch, filters, oh, ow] = dy.shape as readonly [Dim, number, number, number];
  const channels = Number(x.shape[1]);

  const xLast = pad(channelsLast(x), [0, top, left, 0, 0, bottom, right, 0]);
  const rows = productOf([batch, oh, ow]);
  const taps = Array.from({ length: kh * kw }, (_, tap) => {
    const [i, j] = [Math.floor(tap / kw) * dh, (tap % kw) * dw];
    return slice(xLast, [
      { axis: 1, start: i, end: i + (oh - 1) * sh + 1, step: sh },
      { axis: 2, start: j, end: j + (ow - 1) * sw + 1, step: sw },
    ]);
  });
  const cotangent = reshape(transpose(dy, [1, 0, 2, 3]), [filters, rows]);
  const gathered = channels < NARROW ? [concat(taps, 3)] : taps;
  const products = gathered.map((each) => gemm(cotangent, reshape(each, [rows, each.shape[3] as Dim])));
  return transpose(reshape(concat(products, 1), [filters, kh, kw, channels]), [0, 3, 1, 2]);
}

/** [n, c, h, w] → [n, h, w, c]; with one channel that moves nothing. */
function channelsLast(x: Value): Value {
  const [n, c, h, w] = x.shape as readonly [Dim, Dim, Dim, Dim];
  return c === 1 ? reshape(x, [n, h, w, c]) : transpose(x, [0, 2, 3, 1]);
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
