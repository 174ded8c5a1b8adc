import { productOf } from '../../onnx/dim.ts';
import {
  add,
  cast,
  equal,
  ints,
  less,
  matMul,
  reshape,
  reshapeLike,
  scatterAddElements,
  shapeOf,
  where,
} from '../ops/index.ts';
import { inputOf, none, type Value, value } from '../value.ts';

/** Up to this number of rows a product with the matrix of ones is faster than adding element by element. */
const MOST_ROWS = 512;

/**
 * Adds updates at indices without ScatterND: with several threads, the runtime adds to one row from many threads at once, and
 * loses updates. For few rows this is a product with a matrix that has a 1 at each (row, update) pair. For more rows, each
 * element is added separately, by one thread.
 */
export function lowerScatterND(node: Value<'ScatterND'>): Value {
  const [x, indices, updates] = [inputOf(node, 0), inputOf(node, 1), inputOf(node, 2)];
  const [size, ...rest] = x.shape;
  const count = productOf(indices.shape);
  const [width, places] = [productOf(rest), reshape(indices, [count, 1])];
  const rows = reshape(updates, [count, width]);
  if (typeof size === 'number' && size <= MOST_ROWS && x.dtype === 'float32') {
    const fromStart = reshape(where(less(places, 0), add(places, size), places), [1, count]);
    const numbers = reshape(ints([...Array(size).keys()]), [size, 1]);
    const sums = matMul(cast(equal(numbers, fromStart), 'float32'), rows);
    return add(x, reshapeLike(sums, x));
  }
  const each = value('Expand', [places, shapeOf(rows)], none);
  const flat = reshape(x, [size ?? 1, width]);
  return reshapeLike(scatterAddElements(flat, each, rows, 0), x);
}
