import type { MovementOps } from '../../../../src/graph/value.ts';
import { at, broadcast, fill, type NdArray, sizeOf } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

const numbers = (operands: readonly NdArray[], i: number): readonly number[] =>
  Array.from(operand(operands, i).data);

/** The index within `size` that an index outside repeats: a walk back from each end, step by step. */
function insideOf(size: number, index: number, mode: 'edge' | 'reflect' | 'wrap'): number {
  if (mode === 'edge') return Math.max(0, Math.min(size - 1, index));
  if (mode === 'wrap') return (index + size) % size;
  if (index < 0) return -index;
  return index < size ? index : 2 * (size - 1) - index;
}

export const movement: FamilyInterpreters<MovementOps> = {
  Reshape(operands) {
    const { shape, data } = operand(operands, 0);
    const copied = numbers(operands, 1).map((dim, axis) => (dim === 0 ? (shape[axis] ?? 0) : dim));
    const known = sizeOf(copied.filter((dim) => dim !== -1));
    return { shape: copied.map((dim) => (dim === -1 ? data.length / known : dim)), data };
  },
  Transpose(operands, { attributes: { perm } }) {
    const x = operand(operands, 0);
    const place = x.shape.map((_, axis) => perm.indexOf(axis));
    return fill(
      perm.map((axis) => x.shape[axis] ?? 0),
      (index) =>
        at(
          x,
          place.map((from) => index[from] ?? 0),
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
  Pad(operands, { attributes: { mode } }) {
    const [x, pads, around] = [operand(operands, 0), numbers(operands, 1), operands[2]?.data[0] ?? 0];
    const rank = x.shape.length;
    const shape = x.shape.map((size, axis) => size + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0));
    const isInside = (index: readonly number[]) =>
      index.every((i, axis) => i >= 0 && i < (x.shape[axis] ?? 0));
    return fill(shape, (padded) => {
      const index = padded.map((i, axis) => i - (pads[axis] ?? 0));
      if (mode === 'constant') return isInside(index) ? at(x, index) : around;
      return at(
        x,
        index.map((i, axis) => insideOf(x.shape[axis] ?? 0, i, mode)),
      );
    });
  },
  Gather(operands, { attributes: { axis } }) {
    const [x, indices] = [operand(operands, 0), operand(operands, 1)];
    const rank = indices.shape.length;
    const size = x.shape[axis] ?? 0;
    return fill(x.shape.toSpliced(axis, 1, ...indices.shape), (index) => {
      const read = at(indices, index.slice(axis, axis + rank));
      return at(x, index.toSpliced(axis, rank, (read + size) % size));
    });
  },
  GatherElements(operands, { attributes: { axis } }) {
    const [x, indices] = [operand(operands, 0), operand(operands, 1)];
    const size = x.shape[axis] ?? 0;
    return fill(indices.shape, (index) => at(x, index.with(axis, (at(indices, index) + size) % size)));
  },
  ScatterElements(operands, { attributes: { axis } }) {
    const [x, indices, updates] = [operand(operands, 0), operand(operands, 1), operand(operands, 2)];
    const size = x.shape[axis] ?? 0;
    const added = new Map<string, number>();
    fill(indices.shape, (index) => {
      const place = `${index.with(axis, (at(indices, index) + size) % size)}`;
      added.set(place, (added.get(place) ?? 0) + at(updates, index));
      return 0;
    });
    return fill(x.shape, (index) => at(x, index) + (added.get(`${index}`) ?? 0));
  },
  ScatterND(operands) {
    const [x, indices, updates] = [operand(operands, 0), operand(operands, 1), operand(operands, 2)];
    const data = x.data.slice();
    const row = sizeOf(x.shape.slice(1));
    indices.data.forEach((place, i) => {
      const start = ((place + (x.shape[0] ?? 0)) % (x.shape[0] ?? 1)) * row;
      for (let k = 0; k < row; k++)
        data[start + k] = (data[start + k] ?? 0) + (updates.data[i * row + k] ?? 0);
    });
    return { shape: x.shape, data };
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
