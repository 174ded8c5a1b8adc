import {
  add,
  averagePool,
  conv,
  convTranspose,
  globalAveragePool,
  globalMaxPool,
  maxPool,
  reshape,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import type { Translations } from './translation.ts';
import { type Window, windowOf } from './window.ts';

export function convolved(node: OperatorNode): Value {
  const [size, kernel] = [node.shape(0).slice(2), node.shape(1).slice(2)];
  const window = windowOf(node, kernel, size);
  return conv(node.value(0), node.value(1), node.optional(2), { ...window, group: node.int('group', 1) });
}

/** A kernel of one axis as a kernel of an image of one row. */
const row = (x: Value): Value => reshape(x, [...x.shape.slice(0, 2), 1, ...x.shape.slice(2)]);
const inRow = ({ strides, dilations, pads: [before = 0, after = 0] }: Window): Window => ({
  strides: [1, ...strides],
  dilations: [1, ...dilations],
  pads: [0, before, 0, after],
});

function transposed(node: OperatorNode): Value {
  const [size, kernel] = [node.shape(0).slice(2), node.shape(1).slice(2)];
  const window = windowOf(node, kernel, size);
  if (node.text('auto_pad', 'NOTSET') !== 'NOTSET' || node.ints('output_shape'))
    throw new Unreadable(`${node.label}: expected pads as numbers, got another form`);
  const extra = node.ints('output_padding') ?? [];
  const target = size.map((dim, i) => {
    const span = (window.dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1;
    const pads = (window.pads[i] ?? 0) + (window.pads[i + size.length] ?? 0);
    return (window.strides[i] ?? 1) * (dim - 1) + (extra[i] ?? 0) + span - pads;
  });
  if (target.some((dim) => !(dim >= 1)))
    throw refuse(`an output of ${node.label} of 1 pixel or more`, `[${target}]`);
  const group = node.int('group', 1);
  const isRow = size.length === 1;
  const [x, w] = [node.value(0), node.value(1)];
  const options = { ...(isRow ? inRow(window) : window), group };
  const y = convTranspose(isRow ? row(x) : x, isRow ? row(w) : w, isRow ? [1, ...target] : target, options);
  const back = isRow ? reshape(y, y.shape.toSpliced(2, 1)) : y;
  const bias = node.optional(2);
  return bias ? add(back, reshape(bias, [1, ...bias.shape, ...size.map(() => 1)])) : back;
}

function pooled(node: OperatorNode): {
  readonly kernel: readonly number[];
  readonly options: Window & { ceilMode: boolean };
} {
  const kernel = node.ints('kernel_shape') ?? [];
  const window = windowOf(node, kernel, node.shape(0).slice(2));
  return { kernel, options: { ...window, ceilMode: node.int('ceil_mode', 0) === 1 } };
}

function averaged(node: OperatorNode): Value {
  const { kernel, options } = pooled(node);
  if (options.dilations.some((each) => each !== 1))
    throw new Unreadable(`${node.label}: expected no dilations`);
  return averagePool(node.value(0), kernel, {
    ...options,
    countIncludePad: node.int('count_include_pad', 0) === 1,
  });
}

export const convolution: Translations = {
  Conv: convolved,
  ConvTranspose: transposed,
  MaxPool: (node) => {
    const { kernel, options } = pooled(node);
    return maxPool(node.value(0), kernel, options);
  },
  AveragePool: averaged,
  GlobalAveragePool: (node) => globalAveragePool(node.value(0)),
  GlobalMaxPool: (node) => globalMaxPool(node.value(0)),
};
