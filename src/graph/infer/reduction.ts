import { type Dim, normalizeAxis, type Shape } from '../../onnx/dim.ts';
import type { Operation, Reduction, ReductionOps, Type } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, typeOf } from './inference.ts';
import { intsOf } from './ints.ts';

function without(shape: Shape, axes: readonly number[], keepdims: 0 | 1): Shape {
  return shape.flatMap((dim, i): Dim[] => (axes.includes(i) ? (keepdims ? [1] : []) : [dim]));
}

/** Reduces over the axes in the second operand. ONNX reads an empty list as all axes. */
function overAxes(node: Operation<Reduction>): Type {
  const x = inputOf(node, 0);
  const rank = x.shape.length;
  const listed = intsOf(inputOf(node, 1)).map((axis) => normalizeAxis(axis, rank));
  const axes = listed.length > 0 ? listed : x.shape.map((_, i) => i);
  return {
    shape: without(x.shape, axes, node.attributes.keepdims),
    dtype: typeOf([x], ['float32', 'int64']),
  };
}

function alongAxis(node: Operation<'Softmax' | 'LogSoftmax'>): Type {
  const x = inputOf(node, 0);
  normalizeAxis(node.attributes.axis, x.shape.length);
  return { shape: x.shape, dtype: typeOf([x], ['float32']) };
}

function place(node: Operation<'ArgMin' | 'ArgMax'>): Type {
  const { shape } = inputOf(node, 0);
  const { axis, keepdims } = node.attributes;
  return { shape: without(shape, [normalizeAxis(axis, shape.length)], keepdims), dtype: 'int64' };
}

export const reduction: FamilyInferences<ReductionOps> = {
  ReduceSum: overAxes,
  ReduceMean: overAxes,
  ReduceMax: overAxes,
  ReduceMin: overAxes,
  ReduceL1: overAxes,
  ReduceL2: overAxes,
  ReduceSumSquare: overAxes,
  ReduceLogSumExp: overAxes,
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  ArgMin: place,
  ArgMax: place,
  CumSum(node) {
    const x = inputOf(node, 0);
    const [axis = Number.NaN] = intsOf(inputOf(node, 1));
    normalizeAxis(axis, x.shape.length);
    return { shape: x.shape, dtype: typeOf([x], ['float32', 'int64']) };
  },
};
