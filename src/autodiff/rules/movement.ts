import {
  constant,
  gemm,
  intsOf,
  pad,
  reshape,
  reshapeLike,
  slice,
  transpose,
} from '../../graph/ops/index.ts';
import type { MovementOps } from '../../graph/value.ts';
import { inputOf, type Value } from '../../graph/value.ts';
import { productOf } from '../../onnx/dim.ts';
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
  Pad(y, dy) {
    const x = inputOf(y, 0);
    const pads = intsOf(inputOf(y, 1));
    const ranges = x.shape.flatMap((dim, axis) => {
      const start = pads[axis] ?? 0;
      return dim === y.shape[axis] ? [] : [{ axis, start, end: start + Number(dim) }];
    });
    return [slice(dy, ranges), null];
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
  /** dx = P dy along the axis, where P [size, count] has a 1 at each (source, destination) pair. */
  Gather(y, dy) {
    const [x, indices] = [inputOf(y, 0), intsOf(inputOf(y, 1))];
    const { axis } = y.attributes;
    const [size, count] = [Number(x.shape[axis]), indices.length];
    const data = new Float32Array(size * count);
    indices.forEach((index, i) => {
      data[index * count + i] = 1;
    });
    const rest = x.shape.filter((_, i) => i !== axis);
    const order = x.shape.map((_, i) => i).filter((i) => i !== axis);
    const rows = reshape(transpose(dy, [axis, ...order]), [count, productOf(rest)]);
    const dx = gemm(constant({ shape: [size, count], data }), rows);
    const back = x.shape.map((_, i) => (i === axis ? 0 : order.indexOf(i) + 1));
    const transposed = transpose(x, [axis, ...order]);
    return [transpose(reshapeLike(dx, transposed), back), null];
  },
  // Depends on the shape of x only.
  EyeLike: () => [null],
  Shape: () => [null],
};
