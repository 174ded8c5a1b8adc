import {
  abs,
  add,
  argMax,
  argMin,
  cast,
  concat,
  cumSum,
  equal,
  gather,
  gatherElements,
  ints,
  less,
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
  scalar,
  softmax,
  sub,
  transpose,
  where,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { reducedAxes } from '../fold/reduction.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { LISTED_BYTES, type Translation, type Translations } from './translation.ts';

type Reduce = (x: Value, axes: readonly number[], options: { readonly keepdims: boolean }) => Value;

/** `alone`: what becomes of each element where `noop_with_empty_axes` leaves no axes to reduce over. */
const over =
  (reduce: Reduce, alone: (x: Value) => Value = (x) => x): Translation =>
  (node) => {
    const axes = reducedAxes(node);
    const keepdims = node.int('keepdims', 1) === 1;
    return axes.length > 0 ? reduce(node.value(0), axes, { keepdims }) : alone(node.value(0));
  };

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

/** Operand 0 in the opposite order along an axis. */
function reversed(node: OperatorNode, axis: number): Value {
  const size = node.shape(0)[axis] ?? 1;
  node.budget.take(LISTED_BYTES * size, node.label);
  const indices = Array.from({ length: size }, (_, i) => size - 1 - i);
  return gather(node.value(0), indices, axis);
}

/** The index along an axis. Of equal elements, ONNX takes the first, unless an attribute asks for the last. */
const position =
  (f: (x: Value, axis: number) => Value): Translation =>
  (node) => {
    const axis = node.axis(node.int('axis', 0));
    const isLast = node.int('select_last_index', 0) === 1;
    const last = (node.shape(0)[axis] ?? 1) - 1;
    const y = isLast ? sub(last, f(reversed(node, axis), axis)) : f(node.value(0), axis);
    return node.int('keepdims', 1) === 1 ? reshape(y, node.shape(0).with(axis, 1)) : y;
  };

/** The limit for a OneHot, which becomes a comparison with a list of all indices. */
const MOST_CLASSES = 2 ** 20;

/** Indices as lists of two values: one at the index, the other elsewhere. */
function hot(node: OperatorNode): Value {
  const depth = node.number(1, 0);
  if (!Number.isInteger(depth) || depth < 1 || depth > MOST_CLASSES)
    throw refuse(`a depth of ${node.label} from 1 to ${MOST_CLASSES}`, depth);
  const rank = node.rank;
  const axis = node.axis(node.int('axis', -1), rank + 1);
  const [off = 0, on = 1] = node.numbers(2);
  const indices = cast(node.value(0), 'int64');
  // A negative index counts from the end.
  const y = oneHot(where(less(indices, 0), add(indices, depth), indices), depth);
  const perm = [
    ...node
      .shape(0)
      .map((_, i) => i)
      .toSpliced(axis, 0, rank),
  ];
  const moved = axis === rank ? y : transpose(y, perm);
  const type = node.type(2);
  if (off === 0 && on === 1) return cast(moved, type);
  return where(cast(moved, 'bool'), scalar(on, type), scalar(off, type));
}

/** The limit for k of one TopK, which becomes k searches for a maximum. */
const MOST_SEARCHES = 64;

/** The largest or smallest elements along an axis in their order, and their places. */
function largest(node: OperatorNode): readonly Value[] {
  const x = node.value(0);
  const axis = node.axis(node.int('axis', -1));
  const count = node.opset < 10 ? node.int('k', 1) : node.number(1, 1);
  const size = node.shape(0)[axis] ?? 1;
  if (!(count >= 1 && count <= Math.min(size, MOST_SEARCHES)))
    throw new Unreadable(`${node.label}: expected at most ${MOST_SEARCHES} of ${size}, got ${count}`);
  const isLargest = node.int('largest', 1) === 1;
  const [find, out] = isLargest ? [argMax, Number.NEGATIVE_INFINITY] : [argMin, Number.POSITIVE_INFINITY];
  const one = node.shape(0).with(axis, 1);
  const all = ints([...Array(size).keys()]);
  const along = reshape(
    all,
    one.map((_, i) => (i === axis ? size : 1)),
  );
  let rest = x;
  const places = Array.from({ length: count }, () => {
    const place = reshape(find(rest, axis), one);
    rest = where(equal(along, place), out, rest);
    return place;
  });
  const indices = concat(places, axis);
  return [gatherElements(x, indices, axis), indices];
}

/** 1 at the largest element along an axis, 0 elsewhere. */
const hardMax = normalised((x, axis) => {
  const last = x.shape.length - 1;
  const y = oneHot(argMax(x, axis), Number(x.shape[axis]));
  const perm = x.shape.map((_, i) => (i === axis ? last : i > axis ? i - 1 : i));
  return axis === last ? y : transpose(y, perm);
});

export const reduction: Translations = {
  ReduceSum: over(reduceSum),
  ReduceMean: over(reduceMean),
  ReduceMax: over(reduceMax),
  ReduceMin: over(reduceMin),
  ReduceProd: over(reduceProd),
  ReduceSumSquare: over(reduceSumSquare, (x) => mul(x, x)),
  ReduceL1: over(reduceL1, abs),
  ReduceL2: over(reduceL2, abs),
  ReduceLogSum: over((x, axes, options) => log(reduceSum(x, axes, options)), log),
  ReduceLogSumExp: over(reduceLogSumExp),
  ArgMax: position(argMax),
  ArgMin: position(argMin),
  OneHot: hot,
  TopK: largest,
  Hardmax: hardMax,
  CumSum: (node) =>
    cumSum(node.value(0), node.axis(node.number(1, 0)), {
      exclusive: node.int('exclusive', 0) === 1,
      reverse: node.int('reverse', 0) === 1,
    }),
  Softmax: normalised(softmax),
  LogSoftmax: normalised(logSoftmax),
};
