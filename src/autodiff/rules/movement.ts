import {
  expandLike,
  gather,
  gatherElements,
  intsOf,
  pad,
  reduceSum,
  reshape,
  reshapeLike,
  scalar,
  scatterAdd,
  scatterAddElements,
  slice,
  sub,
  transpose,
} from '../../graph/ops/index.ts';
import type { MovementOps } from '../../graph/value.ts';
import { inputOf, type Value } from '../../graph/value.ts';
import { ofExpansion } from '../of-expansion.ts';
import type { FamilyRules } from '../rule.ts';
import { sumToShape } from '../sum-to-shape.ts';

/** Inserts `step` − 1 zeros after every element along `axis`: [.., n, ..] → [.., n·step, ..]. */
function dilate(x: Value, axis: number, step: number): Value {
  const size = x.shape[axis];
  if (typeof size !== 'number') throw new RangeError(`Expected axis ${axis} of [${x.shape}] to be static`);
  const [before, after] = [x.shape.slice(0, axis + 1), x.shape.slice(axis + 1)];
  const split = reshape(x, [...before, 1, ...after]);
  const pads = Array.from({ length: 2 * split.shape.length }, () => 0);
  pads[split.shape.length + axis + 1] = step - 1;
  return reshape(pad(split, pads), [...before.slice(0, -1), size * step, ...after]);
}

export const movementRules: FamilyRules<MovementOps> = {
  Reshape: (y, dy) => [reshapeLike(dy, inputOf(y, 0)), null],
  // The inverse permutation.
  Transpose: (y, dy) => [
    transpose(
      dy,
      y.attributes.perm.map((_, axis) => y.attributes.perm.indexOf(axis)),
    ),
  ],
  Expand: (y, dy) => [sumToShape(dy, inputOf(y, 0).shape), null],
  /**
   * dx is dy at the elements that the slice reads and zero elsewhere: dy is dilated by the step, then padded to the
   * size of x.
   */
  Slice(y, dy) {
    const x = inputOf(y, 0);
    const [starts = [], , axes = [], steps = []] = y.inputs.slice(1).map(intsOf);
    const rank = x.shape.length;
    const pads = Array.from({ length: 2 * rank }, () => 0);
    let dx = dy;
    axes.forEach((axis, i) => {
      const [start = 0, step = 1] = [starts[i], steps[i]];
      if (step > 1) dx = dilate(dx, axis, step);
      const [size, spaced] = [Number(x.shape[axis]), Number(dx.shape[axis])];
      // The zeros after the last element may reach past the end of x.
      const room = size - start;
      if (spaced > room) dx = slice(dx, [{ axis, start: 0, end: room }]);
      pads[axis] = start;
      pads[axis + rank] = Math.max(0, room - spaced);
    });
    return [pad(dx, pads), null, null, null, null];
  },
  // dx is the part of dy inside; the number around x gets the rest.
  Pad(y, dy, vjp) {
    if (y.attributes.mode !== 'constant') return ofExpansion(y, dy, vjp);
    const x = inputOf(y, 0);
    const pads = intsOf(inputOf(y, 1));
    const ranges = x.shape.flatMap((dim, axis) => {
      const start = pads[axis] ?? 0;
      return dim === y.shape[axis] ? [] : [{ axis, start, end: start + Number(dim) }];
    });
    const inside = slice(dy, ranges);
    return y.inputs.length < 3 ? [inside, null] : [inside, null, sub(reduceSum(dy), reduceSum(inside))];
  },
  Concat(y, dy) {
    const { axis } = y.attributes;
    let start = 0;
    return y.inputs.map(({ shape }) => {
      const end = start + Number(shape[axis]);
      const part = slice(dy, [{ axis, start, end }]);
      start = end;
      return part;
    });
  },
  // dx is the sum of all dy that were read from each place. The gathered axis is moved to the front and back.
  Gather(y, dy) {
    const [x, indices] = [inputOf(y, 0), inputOf(y, 1)];
    const { axis } = y.attributes;
    const read = indices.shape.map((_, i) => axis + i);
    const rest = y.shape.map((_, i) => i).filter((i) => !read.includes(i));
    const order = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
    const zeros = expandLike(scalar(0), transpose(x, order));
    const dx = scatterAdd(zeros, indices, transpose(dy, [...read, ...rest]));
    return [
      transpose(
        dx,
        order.map((_, i) => order.indexOf(i)),
      ),
      null,
    ];
  },
  // dx is the sum of all dy that were read from each place.
  GatherElements(y, dy) {
    const zeros = expandLike(scalar(0), inputOf(y, 0));
    return [scatterAddElements(zeros, inputOf(y, 1), dy, y.attributes.axis), null];
  },
  ScatterElements: (y, dy) => [dy, null, gatherElements(dy, inputOf(y, 1), y.attributes.axis)],
  // dx = dy, and the updates get dy at their indices.
  ScatterND(y, dy) {
    const indices = inputOf(y, 1);
    return [dy, null, gather(dy, reshape(indices, indices.shape.slice(0, -1)), 0)];
  },
  // Depends on the shape of x only.
  EyeLike: () => [null],
  Shape: () => [null],
};
