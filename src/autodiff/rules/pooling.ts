import {
  averagePool,
  constant,
  mul,
  pad,
  padOrCut,
  reduceMean,
  reshape,
  slice,
} from '../../graph/ops/index.ts';
import type { PoolingOps, Value } from '../../graph/value.ts';
import { inputOf } from '../../graph/value.ts';
import type { Dim } from '../../onnx/dim.ts';
import type { FamilyRules } from '../rule.ts';
import { maxPoolGradient } from './max-pool.ts';

const numbers = ({ shape }: Value): readonly number[] => shape.slice(2).map(Number);

/** Taps of each window along one axis that are inside an axis of `size`. */
const insideCounts = (count: number, size: number, kernel: number, stride: number, before: number) =>
  Array.from({ length: count }, (_, p) => {
    const start = p * stride - before;
    return Math.min(start + kernel, size) - Math.max(start, 0);
  });

/**
 * The same mean over simpler windows, from which the gradient follows. Null at stride 1 if padding counts, or if there is no
 * padding and windows have several elements: `AveragePool` below handles those.
 */
function withSimplerWindows(y: Value<'AveragePool'>): Value | null {
  const x = inputOf(y, 0);
  const { kernel_shape: kernel, strides, pads, count_include_pad } = y.attributes;
  const [kh = 1, kw = 1] = kernel;
  const [sh = 1, sw = 1] = strides;
  const [oh = 1, ow = 1] = numbers(y);
  const isPadded = pads.some((each) => each > 0);
  if (isPadded && !count_include_pad) {
    // The mean that counts padding, times the number of taps over the number of taps inside.
    const [rows = [], columns = []] = numbers(x).map((size, i) =>
      insideCounts(numbers(y)[i] ?? 1, size, kernel[i] ?? 1, strides[i] ?? 1, pads[i] ?? 0),
    );
    const data = Float32Array.from(rows.flatMap((r) => columns.map((c) => (kh * kw) / (r * c))));
    const means = averagePool(x, kernel, { strides, pads, countIncludePad: true });
    return mul(means, constant({ shape: [oh, ow], data }));
  }
  if (!isPadded && sh === kh && sw === kw) {
    const covered = padOrCut(x, [0, 0], [oh * kh, ow * kw]);
    return reduceMean(reshape(covered, [...(x.shape.slice(0, 2) as Dim[]), oh, kh, ow, kw]), [3, 5]);
  }
  if (sh === 1 && sw === 1) return null;
  // All windows at stride 1, of which every s-th counts.
  const everywhere = averagePool(x, kernel, { pads, countIncludePad: true });
  return slice(everywhere, [
    { axis: 2, start: 0, end: (oh - 1) * sh + 1, step: sh },
    { axis: 3, start: 0, end: (ow - 1) * sw + 1, step: sw },
  ]);
}

export const poolingRules: FamilyRules<PoolingOps> = {
  MaxPool: (y, dy) => [maxPoolGradient(y, dy)],
  /** With stride 1: dx = the mean of the windows of dy with k − 1 zeros around it, less the forward pads. */
  AveragePool(y, dy, vjp) {
    const x = inputOf(y, 0);
    const simpler = withSimplerWindows(y);
    if (simpler) return [vjp([simpler], [dy], [x])[0] ?? null];
    const { kernel_shape: kernel, pads } = y.attributes;
    const around = pads.map((each, i) => (kernel[i % 2] ?? 1) - 1 - each);
    const [top = 0, left = 0, bottom = 0, right = 0] = around;
    return [averagePool(pad(dy, [0, 0, top, left, 0, 0, bottom, right]), kernel)];
  },
};
