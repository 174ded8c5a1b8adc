import {
  add,
  exp,
  log,
  logSoftmax,
  mul,
  neg,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  softmax,
  sqrt,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { reducedAxes } from '../fold/reduction.ts';
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

const square = (x: Value): Value => mul(x, x);

export const reduction: Translations = {
  ReduceSum: over(reduceSum),
  ReduceMean: over(reduceMean),
  ReduceSumSquare: over((x, axes, options) => reduceSum(square(x), axes, options)),
  ReduceL1: over((x, axes, options) => reduceSum(add(relu(x), relu(neg(x))), axes, options)),
  ReduceL2: over((x, axes, options) => sqrt(reduceSum(square(x), axes, options))),
  ReduceLogSum: over((x, axes, options) => log(reduceSum(x, axes, options))),
  ReduceLogSumExp: over((x, axes, options) => log(reduceSum(exp(x), axes, options))),
  Softmax: normalised(softmax),
  LogSoftmax: normalised(logSoftmax),
};
