import {
  add,
  concat,
  expandLike,
  eyeLike,
  ints,
  intsOf,
  mul,
  pad,
  reduceSum,
  scalar,
  shapeOf,
  transpose,
} from '../../ops/index.ts';
import type { MovementOps } from '../../value.ts';
import { inputOf, none, type Value, value } from '../../value.ts';
import { aligned, perTask, prefixed } from '../align-axes.ts';
import { gatherPerTask, ofEachTask, scatterPerTask } from '../indices.ts';
import { type FamilyVmapRules, mapped, operandOf, shared } from '../rule.ts';

export const movementRules: FamilyVmapRules<MovementOps> = {
  // The first 0 copies the task axis. Every other 0 still copies the right axis, because the task axis shifts input and
  // target alike by one.
  Reshape(y, operands, tasks) {
    const { value: x } = operandOf(operands, 0);
    const target = prefixed([0], operandOf(operands, 1).value);
    return mapped(value('Reshape', [x, target], none, { shape: [tasks, ...y.shape] }));
  },
  Transpose(y, operands) {
    const perm = [0, ...y.attributes.perm.map((axis) => axis + 1)];
    return mapped(transpose(operandOf(operands, 0).value, perm));
  },
  // A 1 in the target keeps the size of the task axis.
  Expand(y, operands, tasks) {
    const x = aligned(operandOf(operands, 0), y.shape.length);
    const target = prefixed([1], operandOf(operands, 1).value);
    return mapped(value('Expand', [x, target], none, { shape: [tasks, ...y.shape] }));
  },
  Slice(y, operands) {
    const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => inputOf(y, i));
    if (!starts || !ends || !axes || !steps) return null;
    const shifted = ints(intsOf(axes).map((axis) => axis + 1));
    const inputs = [operandOf(operands, 0).value, starts, ends, shifted, steps];
    return mapped(value('Slice', inputs, none));
  },
  Pad(y, operands) {
    const pads = intsOf(inputOf(y, 1));
    const rank = pads.length / 2;
    const fill = operands[2];
    const x = perTask(operandOf(operands, 0), fill?.mapped ? fill.value : operandOf(operands, 0).value);
    const padded = (of: Value, options: Parameters<typeof pad>[2]) =>
      pad(of, [0, ...pads.slice(0, rank), 0, ...pads.slice(rank)], options);
    if (!fill?.mapped) return mapped(padded(x, { ...y.attributes, ...(fill && { with: fill.value }) }));
    // Pad takes one number for all tasks. So x is padded with zeros, and the number of each task is added around x.
    const outside = padded(expandLike(scalar(0), x), { with: 1 });
    return mapped(add(padded(x, {}), mul(outside, aligned(fill, rank))));
  },
  Gather: gatherPerTask,
  ScatterND: scatterPerTask,
  GatherElements: ofEachTask,
  ScatterElements: ofEachTask,
  Concat(y, operands) {
    const like = operands.find((each) => each.mapped);
    if (!like) return null;
    return mapped(
      concat(
        operands.map((each) => perTask(each, like.value)),
        y.attributes.axis + 1,
      ),
    );
  },
  // All tasks have the same shape; the sum is a matrix of one task's shape.
  EyeLike: (_, operands) => shared(eyeLike(reduceSum(operandOf(operands, 0).value, [0]))),
  // All tasks have the same shape.
  Shape: (y, operands) =>
    shared(shapeOf(operandOf(operands, 0).value, y.attributes.start + 1, y.attributes.end + 1)),
};
