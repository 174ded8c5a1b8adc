import {
  broadcastShapes,
  type Dim,
  normalizeAxis,
  productOf,
  type Shape,
  sameShape,
} from '../../onnx/dim.ts';
import type { MovementOps, Operation, Type, Value } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, statedShape, typeOf } from './inference.ts';
import { dimsOf, intsOf, reshaped } from './ints.ts';

function staticDim(shape: Shape, axis: number): number {
  const dim = shape[axis];
  if (typeof dim !== 'number') throw new RangeError(`Expected axis ${axis} of [${shape}] to be static`);
  return dim;
}

/** Indices along one axis: all other axes are no longer than those of x. */
function requireIndices(x: Value, indices: Value, axis: number): void {
  typeOf([indices], ['int64']);
  const isFit = indices.shape.every((dim, i) => {
    const size = x.shape[i];
    return i === axis || dim === size || (typeof dim === 'number' && typeof size === 'number' && dim < size);
  });
  if (indices.shape.length !== x.shape.length || !isFit)
    throw new RangeError(`Expected indices within [${x.shape}] along axis ${axis}, got [${indices.shape}]`);
}

function concatenated({ inputs, attributes: { axis } }: Operation<'Concat'>): Type {
  const [first] = inputs;
  if (!first) throw new RangeError('Expected at least one part, got none');
  const sizes = inputs.map(({ shape }) => {
    const rest = shape.every((dim, i) => i === axis || dim === first.shape[i]);
    const size = shape[axis];
    if (!rest || shape.length !== first.shape.length || typeof size !== 'number') {
      throw new RangeError(
        `Expected parts that agree in all axes but ${axis}, got [${first.shape}] and [${shape}]`,
      );
    }
    return size;
  });
  const total = sizes.reduce((a, b) => a + b, 0);
  return { shape: first.shape.map((dim, i) => (i === axis ? total : dim)), dtype: typeOf(inputs) };
}

export const movement: FamilyInferences<MovementOps> = {
  Reshape(node, stated) {
    const { shape: from, dtype } = inputOf(node, 0);
    const target = dimsOf(inputOf(node, 1));
    const shape = (target && reshaped(from, target)) ?? statedShape(node, stated);
    if (productOf(from) !== productOf(shape))
      throw new RangeError(`Expected a shape of ${productOf(from)} elements, got [${shape}]`);
    return { shape, dtype };
  },
  Transpose(node) {
    const { shape, dtype } = inputOf(node, 0);
    const { perm } = node.attributes;
    const sorted = [...perm].sort((a, b) => a - b);
    if (perm.length !== shape.length || sorted.some((axis, i) => axis !== i)) {
      throw new RangeError(`Expected a permutation of ${shape.length} axes, got [${perm}]`);
    }
    return { shape: perm.map((axis) => shape[axis] as Dim), dtype };
  },
  Expand(node, stated) {
    const { shape, dtype } = inputOf(node, 0);
    const target = dimsOf(inputOf(node, 1)) ?? statedShape(node, stated);
    return { shape: broadcastShapes(shape, target), dtype };
  },
  Slice(node) {
    const { shape, dtype } = inputOf(node, 0);
    const [starts = [], ends = [], axes = [], steps = []] = node.inputs.slice(1).map(intsOf);
    const sliced = [...shape];
    axes.forEach((axis, i) => {
      const dim = staticDim(sliced, axis);
      const [start = 0, end = dim, step = 1] = [starts[i], ends[i], steps[i]];
      if (start < 0 || end > dim || start >= end || step < 1) {
        throw new RangeError(`Expected a range within 0…${dim}, got ${start}:${end}:${step} on axis ${axis}`);
      }
      sliced[axis] = Math.ceil((end - start) / step);
    });
    return { shape: sliced, dtype };
  },
  Pad(node) {
    const { shape, dtype } = inputOf(node, 0);
    const pads = intsOf(inputOf(node, 1));
    const rank = shape.length;
    if (pads.length !== 2 * rank || pads.some((p) => p < 0)) {
      throw new RangeError(`Expected ${2 * rank} pads of 0 or more, got [${pads}]`);
    }
    const reach = {
      constant: Number.POSITIVE_INFINITY,
      edge: Number.POSITIVE_INFINITY,
      reflect: -1,
      wrap: 0,
    };
    const most = (i: number) => Number(shape[i % rank]) + reach[node.attributes.mode];
    const tooFar = pads.findIndex((p, i) => p > 0 && p > most(i));
    if (tooFar >= 0)
      throw new RangeError(
        `Expected at most ${most(tooFar)} pads of mode ${node.attributes.mode}, got [${pads}]`,
      );
    const padded = shape.map((dim, i) => {
      const added = (pads[i] ?? 0) + (pads[i + rank] ?? 0);
      return added === 0 ? dim : staticDim(shape, i) + added;
    });
    return { shape: padded, dtype };
  },
  Concat: concatenated,
  Gather(node) {
    const { shape, dtype } = inputOf(node, 0);
    const indices = inputOf(node, 1);
    typeOf([indices], ['int64']);
    return {
      shape: shape.toSpliced(normalizeAxis(node.attributes.axis, shape.length), 1, ...indices.shape),
      dtype,
    };
  },
  GatherElements(node) {
    const [x, indices] = [inputOf(node, 0), inputOf(node, 1)];
    requireIndices(x, indices, node.attributes.axis);
    return { shape: indices.shape, dtype: x.dtype };
  },
  ScatterElements(node) {
    const [x, indices, updates] = [inputOf(node, 0), inputOf(node, 1), inputOf(node, 2)];
    requireIndices(x, indices, node.attributes.axis);
    if (!sameShape(updates.shape, indices.shape))
      throw new RangeError(`Expected updates [${indices.shape}], got [${updates.shape}]`);
    return { shape: x.shape, dtype: typeOf([x, updates], ['float32', 'int64']) };
  },
  ScatterND(node) {
    const [x, indices, updates] = [inputOf(node, 0), inputOf(node, 1), inputOf(node, 2)];
    typeOf([indices], ['int64']);
    const expected = [...indices.shape.slice(0, -1), ...x.shape.slice(1)];
    if (indices.shape.at(-1) !== 1 || !sameShape(updates.shape, expected))
      throw new RangeError(
        `Expected indices [.., 1] and updates [${expected}], got [${indices.shape}] and [${updates.shape}]`,
      );
    return { shape: x.shape, dtype: typeOf([x, updates], ['float32', 'int64']) };
  },
  EyeLike(node) {
    const { shape, dtype } = inputOf(node, 0);
    if (shape.length !== 2 || shape[0] !== shape[1])
      throw new RangeError(`Expected a square matrix, got [${shape}]`);
    return { shape, dtype };
  },
  Shape: ({ attributes: { start, end } }) => ({ shape: [end - start], dtype: 'int64' }),
};
