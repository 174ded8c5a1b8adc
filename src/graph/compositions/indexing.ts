import { isStatic, type Shape } from '../../onnx/dim.ts';
import {
  add,
  constant,
  expandLike,
  gather,
  greater,
  ints,
  less,
  mul,
  reduceSum,
  reshape,
  reshapeLike,
  scalar,
  scatterAdd,
  shapeOf,
  where,
} from '../ops/index.ts';
import { none, type Value, value } from '../value.ts';

/** Strides of a row-major array of these dimensions. */
function stridesOf(dims: readonly number[]): readonly number[] {
  return dims.map((_, i) => dims.slice(i + 1).reduce((a, b) => a * b, 1));
}

/** Index tuples [.., k] into axes of these sizes as places in their row-major order [..]. They may count from the end. */
function placesOf(indices: Value, dims: readonly number[]): Value {
  const fromStart = where(less(indices, 0), add(indices, ints(dims)), indices);
  return reduceSum(mul(fromStart, ints(stridesOf(dims))), [-1]);
}

function requireStatic(shape: Shape, count: number): readonly number[] {
  const dims = shape.slice(0, count);
  if (dims.length === count && isStatic(dims)) return dims;
  throw new RangeError(`Expected ${count} static axes to index, got [${shape}]`);
}

/** The number of axes that the tuples index. */
function tupleLength({ shape }: Value): number {
  const last = shape.at(-1);
  if (typeof last === 'number') return last;
  throw new RangeError(`Expected index tuples of a static length, got [${shape}]`);
}

/**
 * The parts of x at index tuples: x [batch…, d₁ … dₖ, …rest], indices [batch…, …i, k] → [batch…, …i, …rest].
 * @see https://onnx.ai/onnx/operators/onnx__GatherND.html
 */
export function gatherND(x: Value, indices: Value, batchDims = 0): Value {
  const length = tupleLength(indices);
  const dims = requireStatic(x.shape, batchDims + length);
  const [batch, indexed] = [dims.slice(0, batchDims), dims.slice(batchDims)];
  const size = indexed.reduce((a, b) => a * b, 1);
  const count = batch.reduce((a, b) => a * b, 1);
  const rows = reshape(x, [count * size, ...x.shape.slice(batchDims + length)]);
  const places = placesOf(indices, indexed);
  if (count === 1) return gather(rows, places, 0);
  const starts = BigInt64Array.from({ length: count }, (_, i) => BigInt(i * size));
  const shape = [...batch, ...places.shape.slice(batchDims).map(() => 1)];
  return gather(rows, add(places, constant({ shape, data: starts })), 0);
}

/**
 * x [d₁ … dₖ, …rest] with updates [..i, …rest] at index tuples [..i, k]: in place of what is there, or added to it. Tuples that
 * replace must differ.
 * @see https://onnx.ai/onnx/operators/onnx__ScatterND.html
 */
export function scatterND(x: Value, indices: Value, updates: Value, reduction: 'none' | 'add'): Value {
  const length = tupleLength(indices);
  const dims = requireStatic(x.shape, length);
  const size = dims.reduce((a, b) => a * b, 1);
  const rest = x.shape.slice(length);
  const [rows, places] = [reshape(x, [size, ...rest]), placesOf(indices, dims)];
  if (reduction === 'add') return reshapeLike(scatterAdd(rows, places, updates), x);
  const zero = scalar(0, x.dtype);
  const written = scatterAdd(expandLike(zero, rows), places, updates);
  const once = value('Expand', [scalar(1), shapeOf(places)], none, { shape: places.shape });
  const counts = scatterAdd(value('Expand', [scalar(0), ints([size])], none), places, once);
  const isWritten = reshape(greater(counts, 0), [size, ...rest.map(() => 1)]);
  return reshapeLike(where(isWritten, written, rows), x);
}
