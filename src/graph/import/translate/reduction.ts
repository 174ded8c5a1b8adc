import {
  add,
  argMax,
  argMin,
  cast,
  cumSum,
  log,
  logSoftmax,
  mul,
  oneHot,
  reduceL1,
  reduceL2,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reduceSumSquare,
  reshape,
  softmax,
  transpose,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { reducedAxes } from '../fold/reduction.ts';
import type { OperatorNode } from '../operator-node.ts';
import { Unreadable } from '../refusal.ts';
import type { Translation, Translations } from './translation.ts';

type Reduce = (x: Value, axes: readonly number[], options: { readonly keepdims: boolean }) => Value;

const over =
  (reduce: Reduce): Translation =>
  (node) =>
    reduce(node.value(0), reducedAxes(node), { keepdims: node.int('keepdims', 1) === 1 });

/** Before opset 13 the axes from `axis` on count as one. */
const normalised =
  (f: (x: Value, axis: number) => Value): Translation =>
  (node) => {
    const x = node.value(0);
    const isJoined = node.opset < 13;
    const axis = node.axis(node.int('axis', isJoined ? 1 : -1));
    const shape = node.shape(0);
    const rest = shape.slice(axis).reduce((a, b) => a * b, 1);
    if (!isJoined || rest === shape[axis]) return f(x, axis);
    return reshape(f(reshape(x, [...shape.slice(0, axis), rest]), axis), shape);
  };

/** The index along an axis. ONNX takes the first of equal elements, unless it is told otherwise. */
const position =
  (f: (x: Value, axis: number) => Value): Translation =>
  (node) => {
    if (node.int('select_last_index', 0) === 1)
      throw new Unreadable(`${node.label}: expected the first index`);
    const axis = node.axis(node.int('axis', 0));
    const y = f(node.value(0), axis);
    return node.int('keepdims', 1) === 1 ? reshape(y, node.shape(0).with(axis, 1)) : y;
  };

/** Indices as a list of 0 and 1, scaled to two values. */
function hot(node: OperatorNode): Value {
  const depth = node.number(1, 0);
  const rank = node.rank;
  const axis = node.axis(node.int('axis', -1), rank + 1);
  const [off = 0, on = 1] = node.numbers(2);
  const y = oneHot(cast(node.value(0), 'int64'), depth);
  const perm = [
    ...node
      .shape(0)
      .map((_, i) => i)
      .toSpliced(axis, 0, rank),
  ];
  const moved = axis === rank ? y : transpose(y, perm);
  return off === 0 && on === 1 ? moved : add(mul(moved, on - off), off);
}

export const reduction: Translations = {
  ReduceSum: over(reduceSum),
  ReduceMean: over(reduceMean),
  ReduceMax: over(reduceMax),
  ReduceMin: over(reduceMin),
  ReduceProd: over(reduceProd),
  ReduceSumSquare: over(reduceSumSquare),
  ReduceL1: over(reduceL1),
  ReduceL2: over(reduceL2),
  ReduceLogSum: over((x, axes, options) => log(reduceSum(x, axes, options))),
  ReduceLogSumExp: over(reduceLogSumExp),
  ArgMax: position(argMax),
  ArgMin: position(argMin),
  OneHot: hot,
  CumSum: (node) =>
    cumSum(node.value(0), node.axis(node.number(1, 0)), {
      exclusive: node.int('exclusive', 0) === 1,
      reverse: node.int('reverse', 0) === 1,
    }),
  Softmax: normalised(softmax),
  LogSoftmax: normalised(logSoftmax),
};
