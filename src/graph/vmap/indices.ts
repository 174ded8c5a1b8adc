import { productOf } from '../../onnx/dim.ts';
import {
  add,
  cumSum,
  gather,
  ints,
  less,
  reshape,
  reshapeLike,
  scatterAdd,
  shapeOf,
  transpose,
  where,
} from '../ops/index.ts';
import { none, type Value, value } from '../value.ts';
import { perTask } from './align-axes.ts';
import { mapped, type Operand, operandOf, type VmapRule } from './rule.ts';

/** x [tasks, n, …] as the rows of all tasks [tasks·n, …]. */
const rowsOf = (x: Value): Value => reshape(x, [productOf(x.shape.slice(0, 2)), ...x.shape.slice(2)]);

/** Indices [tasks, …] of n rows each as indices of the rows of all tasks: task t's begin at t·n. */
function ofAllRows(indices: Value, n: number): Value {
  const sizes = value('Expand', [ints([n]), shapeOf(indices, 0, 1)], none);
  const starts = cumSum(sizes, 0, { exclusive: true });
  const fromStart = where(less(indices, 0), add(indices, n), indices);
  const [tasks = 1, ...rest] = indices.shape;
  return add(fromStart, reshape(starts, [tasks, ...rest.map(() => 1)]));
}

/** Axis `from` of x moved to `to`. */
function moved(x: Value, from: number, count: number, to: number): Value {
  const axes = x.shape.map((_, i) => i);
  const block = axes.splice(from, count);
  axes.splice(to, 0, ...block);
  return transpose(x, axes);
}

/**
 * One gather for all tasks: along the next axis if the indices are shared, and from the rows of all tasks if both x and
 * the indices belong to tasks.
 */
export const gatherPerTask: VmapRule<'Gather'> = (y, operands) => {
  const [x, indices] = [operandOf(operands, 0), operandOf(operands, 1)];
  const { axis } = y.attributes;
  if (!indices.mapped) return mapped(gather(x.value, indices.value, axis + 1));
  // The axes of the indices, with the tasks first, replace the axis of x.
  if (!x.mapped) return mapped(moved(gather(x.value, indices.value, axis), axis, 1, 0));
  const size = x.value.shape[axis + 1];
  if (typeof size !== 'number') return null;
  const rows = rowsOf(moved(x.value, axis + 1, 1, 1));
  const read = gather(rows, ofAllRows(indices.value, size), 0);
  return mapped(moved(read, 1, indices.value.shape.length - 1, axis + 1));
};

/** One scatter into the rows of all tasks. */
export const scatterPerTask: VmapRule<'ScatterND'> = (y, operands) => {
  const like = operands.find((each) => each.mapped);
  const [n] = y.shape;
  if (!like || typeof n !== 'number') return null;
  const [x, indices, updates] = [0, 1, 2].map((i) => perTask(operandOf(operands, i), like.value)) as [
    Value,
    Value,
    Value,
  ];
  const places = ofAllRows(reshape(indices, indices.shape.slice(0, -1)), n);
  return mapped(reshapeLike(scatterAdd(rowsOf(x), places, updates), x));
};

/** Indices along one axis are those of each task along the next. */
export function ofEachTask<Op extends 'GatherElements' | 'ScatterElements'>(
  y: Value<Op>,
  operands: readonly Operand[],
): Operand {
  const like = operands.find((each) => each.mapped) ?? operandOf(operands, 0);
  const inputs = operands.map((each) => perTask(each, like.value));
  const attributes = { ...y.attributes, axis: y.attributes.axis + 1 };
  return mapped(value<Op>(y.op, inputs, attributes) as Value);
}
