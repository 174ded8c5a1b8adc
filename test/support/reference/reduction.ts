import type { ReductionOps } from '../../../src/graph/value.ts';
import { at, fill, type NdArray, sizeOf, sumOver } from './array.ts';
import { type FamilyInterpreters, operand } from './interpreter.ts';

/** Σ f(x) over `axes`, kept with size 1. */
function sumAlong(x: NdArray, axes: readonly number[], f: (element: number) => number): NdArray {
  const inner = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const outer = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return fill(outer, (index) =>
    sumOver(inner, (offset) =>
      f(
        at(
          x,
          index.map((i, a) => i + (offset[a] ?? 0)),
        ),
      ),
    ),
  );
}

function reduce(operands: readonly NdArray[], keepdims: 0 | 1, mean: boolean): NdArray {
  const [x, given] = [operand(operands, 0), Array.from(operand(operands, 1).data)];
  const axes = given.length > 0 ? given : x.shape.map((_, axis) => axis);
  const { shape, data } = sumAlong(x, axes, (element) => element);
  const count = mean ? sizeOf(axes.map((axis) => x.shape[axis] ?? 1)) : 1;
  return {
    shape: keepdims ? shape : shape.filter((_, axis) => !axes.includes(axis)),
    data: data.map((sum) => sum / count),
  };
}

/** log softmax without a shift: in float64 its range suffices for tests. */
function logSoftmax(x: NdArray, axis: number): NdArray {
  const total = sumAlong(x, [axis], Math.exp);
  return fill(x.shape, (index) => at(x, index) - Math.log(at(total, index)));
}

export const reduction: FamilyInterpreters<ReductionOps> = {
  ReduceSum: (operands, { attributes }) => reduce(operands, attributes.keepdims, false),
  ReduceMean: (operands, { attributes }) => reduce(operands, attributes.keepdims, true),
  Softmax(operands, { attributes }) {
    const { shape, data } = logSoftmax(operand(operands, 0), attributes.axis);
    return { shape, data: data.map((each) => Math.exp(each)) };
  },
  LogSoftmax: (operands, { attributes }) => logSoftmax(operand(operands, 0), attributes.axis),
  ArgMin(operands, { attributes: { axis, keepdims } }) {
    const x = operand(operands, 0);
    const kept = x.shape.with(axis, 1);
    const { data } = fill(kept, (index) => {
      const along = Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => at(x, index.with(axis, i)));
      return along.indexOf(Math.min(...along));
    });
    return { shape: keepdims ? kept : x.shape.toSpliced(axis, 1), data };
  },
};
