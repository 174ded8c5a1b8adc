import {
  broadcastShapes,
  isStatic,
  normalizeAxis,
  productOf,
  type Shape,
  sameShape,
} from '../../onnx/dim.ts';
import { intsOf } from '../infer/ints.ts';
import type { PadMode } from '../operators.ts';
import { isOp, none, type Value, value } from '../value.ts';
import { cast, mul } from './elementwise.ts';
import { ints, lift, type Operand } from './leaf.ts';

/**
 * The same elements in row-major order in another shape. At most one symbolic dimension of `shape` may be missing in
 * the shape of x.
 */
export function reshape(x: Value, shape: Shape): Value {
  return reshapeReading(x, shape, x);
}

/** The elements of x in the shape of `like`. That shape may have any symbolic dimensions. */
export function reshapeLike(x: Value, like: Value): Value {
  return reshapeReading(x, like.shape, like);
}

function reshapeReading(x: Value, shape: Shape, source: Value): Value {
  if (sameShape(x.shape, shape)) return x;
  if (productOf(x.shape) !== productOf(shape)) {
    throw new RangeError(`Expected a shape of ${productOf(x.shape)} elements, got [${shape}]`);
  }
  const known = constantTarget(x.shape, shape);
  return value('Reshape', [x, known ? ints(known) : runtimeTarget(source, shape)], none, { shape });
}

/** The target in ONNX's notation: 0 copies a dimension, −1 is inferred. Null when two would have to be inferred. */
export function constantTarget(from: Shape, shape: Shape): readonly number[] | null {
  const written = shape.map((dim, i) => (typeof dim === 'number' ? dim : dim === from[i] ? 0 : -1));
  return written.filter((dim) => dim === -1).length > 1 ? null : written;
}

/** The target, read from the shape of `source` at run time. One symbol may be missing in `source`; ONNX infers it. */
function runtimeTarget(source: Value, shape: Shape): Value {
  if (shape.filter((dim) => typeof dim === 'string' && !source.shape.includes(dim)).length > 1) {
    throw new RangeError(`Expected at most one new symbolic dimension, got [${source.shape}] to [${shape}]`);
  }
  const parts = shape.map((dim) => {
    const at = source.shape.indexOf(dim);
    return typeof dim === 'number' ? ints([dim]) : at < 0 ? ints([-1]) : shapeOf(source, at, at + 1);
  });
  return concat(parts, 0);
}

/** Axis i of the result is axis `perm[i]` of x. */
export function transpose(x: Value, perm: readonly number[]): Value<'Transpose'> {
  return value('Transpose', [x], { perm });
}

/** x broadcast to the shape of `like`. */
export function expandLike(x: Value, like: Value): Value {
  if (sameShape(x.shape, like.shape)) return x;
  if (!sameShape(broadcastShapes(x.shape, like.shape), like.shape)) {
    throw new RangeError(`Expected a shape that broadcasts to [${like.shape}], got [${x.shape}]`);
  }
  const target = isStatic(like.shape) ? ints(like.shape) : shapeOf(like);
  return value('Expand', [x, target], none);
}

/** The identity matrix, as large as the square matrix x [n, n]. */
export function eyeLike(x: Value): Value<'EyeLike'> {
  return value('EyeLike', [x], none);
}

/** Dimensions `start` … `end` − 1 of x, int64 [end − start]. */
export function shapeOf(x: Value, start = 0, end = x.shape.length): Value<'Shape'> {
  return value('Shape', [x], { start, end });
}

/** Number of elements along `axes` as a float32 scalar; a plain number where these axes are static. */
export function countOf(x: Value, axes: readonly number[]): Value | number {
  const known = axes.flatMap((axis) => (typeof x.shape[axis] === 'number' ? [x.shape[axis]] : []));
  const size = known.reduce((a, b) => a * b, 1);
  const symbolic = axes.filter((axis) => typeof x.shape[axis] === 'string');
  return symbolic.reduce<Value | number>((count, axis) => {
    return mul(count, reshape(cast(shapeOf(x, axis, axis + 1), 'float32'), []));
  }, size);
}

interface SliceRange {
  readonly axis: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly step?: number;
}

/** x[start:end:step] along each given axis; these axes must be static. Steps are positive. */
export function slice(x: Value, ranges: readonly SliceRange[]): Value {
  const column = (pick: (range: SliceRange) => number) => ints(ranges.map(pick));
  const operands = [
    column((r) => r.start),
    column((r) => r.end),
    column((r) => r.axis),
    column((r) => r.step ?? 1),
  ];
  return value('Slice', [x, ...operands], none);
}

interface PadOptions {
  readonly mode?: PadMode;
  /** The number around x in mode `constant`. Default: 0. */
  readonly with?: Operand;
}

/**
 * x with more elements around it: `pads` holds the counts before each axis, then after each. Padded axes must be static.
 * Default: zeros.
 */
export function pad(
  x: Value,
  pads: readonly number[],
  { mode = 'constant', with: fill }: PadOptions = {},
): Value {
  const operands = fill === undefined ? [x, ints(pads)] : [x, ints(pads), lift(fill, x.dtype)];
  const padded = value('Pad', operands, { mode });
  return pads.every((p) => p === 0) ? x : padded;
}

/** The parts joined along `axis`, which must be static; all other axes must agree. */
export function concat(parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  if (!first) throw new RangeError('Expected at least one part, got none');
  if (parts.length === 1) return first;
  return value('Concat', parts, { axis: normalizeAxis(axis, first.shape.length) });
}

/** int64 lists joined: a constant if all of them are. */
export function concatInts(parts: readonly Value[]): Value {
  return parts.every((part) => isOp(part, 'Constant')) ? ints(parts.flatMap(intsOf)) : concat(parts, 0);
}

/**
 * x at each of `indices` along `axis`; the axes of the indices replace it. Constant indices count from 0, need a static
 * axis, and are read as a part of x where they are equally spaced. Computed indices are int64, may be of any shape, and
 * may count from the end.
 */
export function gather(x: Value, indices: readonly number[] | Value, axis: number): Value {
  const at = normalizeAxis(axis, x.shape.length);
  if ('op' in indices) return value('Gather', [x, indices], { axis: at });
  const size = x.shape[at];
  if (typeof size !== 'number') throw new RangeError(`Expected axis ${at} of [${x.shape}] to be static`);
  const outside = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= size);
  if (outside !== undefined || indices.length === 0) {
    throw new RangeError(`Expected indices from 0 to ${size - 1}, got ${outside ?? 'none'}`);
  }
  const [start = 0, second = start + 1] = indices;
  const step = second - start;
  if (step < 1 || indices.some((index, i) => index !== start + i * step))
    return value('Gather', [x, ints(indices)], { axis: at });
  return indices.length === size ? x : slice(x, [{ axis: at, start, end: (indices.at(-1) ?? 0) + 1, step }]);
}

/** x [n, …] with the updates [i…, …] added at the indices [i…] of its first axis. An index may occur many times. */
export function scatterAdd(x: Value, indices: Value, updates: Value): Value<'ScatterND'> {
  return value('ScatterND', [x, reshape(indices, [...indices.shape, 1]), updates], { reduction: 'add' });
}

/** x at an index along `axis` for each element of the indices: x [.., n, ..], indices int64 [.., m, ..] → [.., m, ..]. */
export function gatherElements(x: Value, indices: Value, axis: number): Value<'GatherElements'> {
  return value('GatherElements', [x, indices], { axis: normalizeAxis(axis, x.shape.length) });
}

/** x with each update added at its index along `axis`; indices and updates [.., m, ..]. An index may occur many times. */
export function scatterAddElements(
  x: Value,
  indices: Value,
  updates: Value,
  axis: number,
): Value<'ScatterElements'> {
  const attributes = { axis: normalizeAxis(axis, x.shape.length), reduction: 'add' } as const;
  return value('ScatterElements', [x, indices, updates], attributes);
}
