import type { MovementOps } from '../../../src/graph/value.ts';
import { at, broadcast, fill, type NdArray, padded, sizeOf } from './array.ts';
import { type FamilyInterpreters, operand } from './interpreter.ts';

const numbers = (operands: readonly NdArray[], i: number): readonly number[] =>
  Array.from(operand(operands, i).data);

export const movement: FamilyInterpreters<MovementOps> = {
  Reshape(operands) {
    const { shape, data } = operand(operands, 0);
    const copied = numbers(operands, 1).map((dim, axis) => (dim === 0 ? (shape[axis] ?? 0) : dim));
    const known = sizeOf(copied.filter((dim) => dim !== -1));
    return { shape: copied.map((dim) => (dim === -1 ? data.length / known : dim)), data };
  },
  Transpose(operands, { attributes: { perm } }) {
    const x = operand(operands, 0);
    return fill(
      perm.map((axis) => x.shape[axis] ?? 0),
      (index) =>
        at(
          x,
          x.shape.map((_, axis) => index[perm.indexOf(axis)] ?? 0),
        ),
    );
  },
  Expand(operands) {
    const x = operand(operands, 0);
    return fill(broadcast(x.shape, numbers(operands, 1)), (index) => at(x, index));
  },
  Slice(operands) {
    const x = operand(operands, 0);
    const [starts = [], ends = [], axes = [], steps = []] = [1, 2, 3, 4].map((i) => numbers(operands, i));
    const [first, stride] = [x.shape.map(() => 0), x.shape.map(() => 1)];
    const shape = [...x.shape];
    axes.forEach((axis, i) => {
      const [start = 0, end = 0, step = 1] = [starts[i], ends[i], steps[i]];
      [first[axis], stride[axis]] = [start, step];
      shape[axis] = Math.ceil((Math.min(end, x.shape[axis] ?? 0) - start) / step);
    });
    return fill(shape, (index) =>
      at(
        x,
        index.map((i, axis) => (first[axis] ?? 0) + i * (stride[axis] ?? 1)),
      ),
    );
  },
  Pad(operands) {
    const [x, pads] = [operand(operands, 0), numbers(operands, 1)];
    const rank = x.shape.length;
    const shape = x.shape.map((size, axis) => size + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0));
    return fill(shape, (index) =>
      padded(
        x,
        index.map((i, axis) => i - (pads[axis] ?? 0)),
      ),
    );
  },
  Gather(operands, { attributes: { axis } }) {
    const [x, indices] = [operand(operands, 0), numbers(operands, 1)];
    const shape = x.shape.map((size, i) => (i === axis ? indices.length : size));
    return fill(shape, (index) =>
      at(
        x,
        index.map((i, a) => (a === axis ? (indices[i] ?? 0) : i)),
      ),
    );
  },
  Concat(operands, { attributes: { axis } }) {
    const first = operand(operands, 0);
    const total = operands.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    return fill(
      first.shape.map((size, a) => (a === axis ? total : size)),
      (index) => {
        let i = index[axis] ?? 0;
        const part = operands.find(({ shape }) => {
          const inside = i < (shape[axis] ?? 0);
          if (!inside) i -= shape[axis] ?? 0;
          return inside;
        });
        return at(
          part ?? first,
          index.map((each, a) => (a === axis ? i : each)),
        );
      },
    );
  },
  EyeLike: (operands) => fill(operand(operands, 0).shape, ([row, column]) => (row === column ? 1 : 0)),
  Shape(operands, { attributes: { start, end } }) {
    const dims = operand(operands, 0).shape.slice(start, end);
    return { shape: [dims.length], data: Float64Array.from(dims) };
  },
};
