import { conv, reshape } from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import type { OperatorNode } from '../operator-node.ts';
import type { Translations } from './translation.ts';
import { type Window, windowOf } from './window.ts';

/** [n, c, l] and its kernel as images of one row. */
const asRow = (x: Value): Value => reshape(x, [...x.shape.slice(0, 2), 1, ...x.shape.slice(2)]);
const fromRow = (y: Value): Value => reshape(y, y.shape.toSpliced(2, 1));
const inRow = ({ strides, dilations, pads: [before = 0, after = 0] }: Window): Window => ({
  strides: [1, ...strides],
  dilations: [1, ...dilations],
  pads: [0, before, 0, after],
});

function convolved(node: OperatorNode): Value {
  const [size, kernel] = [node.shape(0).slice(2), node.shape(1).slice(2)];
  const window = windowOf(node, kernel, size);
  const group = node.int('group', 1);
  const [x, w, bias] = [node.value(0), node.value(1), node.optional(2)];
  if (size.length === 2) return conv(x, w, bias, { ...window, group });
  return fromRow(conv(asRow(x), asRow(w), bias, { ...inRow(window), group }));
}

export const convolution: Translations = { Conv: convolved };
