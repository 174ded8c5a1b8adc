import { normalizeAxis } from '../../onnx/dim.ts';
import { type OpAttributes, type Reduction, type Value, value } from '../value.ts';
import { cast, equal, mul } from './elementwise.ts';
import { ints, scalar } from './leaf.ts';
import { reshape, slice } from './movement.ts';

interface ReduceOptions {
  /** Keep the reduced axes with size 1. */
  readonly keepdims?: boolean;
}

/** Reduce over `axes` (default: all). If the list is empty, the result is x. */
function reduce<Op extends Reduction>(op: Op) {
  return (x: Value, axes?: readonly number[], { keepdims = false }: ReduceOptions = {}): Value => {
    const rank = x.shape.length;
    const distinct = new Set((axes ?? x.shape.map((_, i) => i)).map((axis) => normalizeAxis(axis, rank)));
    const over = [...distinct].sort((a, b) => a - b);
    // ONNX reads an empty list as all axes.
    if (over.length === 0) return x;
    const attributes = { keepdims: keepdims ? 1 : 0 } as OpAttributes[Op];
    return value<Op>(op, [x, ints(over)], attributes);
  };
}

export const reduceSum = reduce('ReduceSum');
export const reduceMean = reduce('ReduceMean');
export const reduceMax = reduce('ReduceMax');
export const reduceMin = reduce('ReduceMin');
export const reduceL1 = reduce('ReduceL1');
export const reduceL2 = reduce('ReduceL2');
export const reduceSumSquare = reduce('ReduceSumSquare');
export const reduceLogSumExp = reduce('ReduceLogSumExp');

/**
 * The product over `axes` (default: all), which must be static. It multiplies halves, so that its gradient needs no
 * division and is right also where factors are zero.
 */
export function reduceProd(
  x: Value,
  axes: readonly number[] = x.shape.map((_, i) => i),
  { keepdims = false }: ReduceOptions = {},
): Value {
  const over = axes.map((axis) => normalizeAxis(axis, x.shape.length));
  const product = over.reduce(productAlong, x);
  return keepdims
    ? product
    : reshape(
        product,
        x.shape.filter((_, i) => !over.includes(i)),
      );
}

function productAlong(x: Value, axis: number): Value {
  const size = x.shape[axis];
  if (size === 1) return x;
  const half = Math.floor(Number(size) / 2);
  const part = (start: number, end: number) => slice(x, [{ axis, start, end }]);
  const pairs = mul(part(0, half), part(half, 2 * half));
  const product = productAlong(pairs, axis);
  return size === 2 * half ? product : mul(product, part(2 * half, 2 * half + 1));
}

/** For each element the sum of the elements up to it; `exclusive` leaves it out, `reverse` starts at the end. */
export function cumSum(x: Value, axis: number, { exclusive = false, reverse = false } = {}): Value<'CumSum'> {
  const at = scalar(normalizeAxis(axis, x.shape.length), 'int64');
  return value('CumSum', [x, at], { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 });
}

/** Normalised exponentials along `axis`. */
export function softmax(x: Value, axis = -1): Value<'Softmax'> {
  return value('Softmax', [x], { axis: normalizeAxis(axis, x.shape.length) });
}

/** log softmax, computed stably. */
export function logSoftmax(x: Value, axis = -1): Value<'LogSoftmax'> {
  return value('LogSoftmax', [x], { axis: normalizeAxis(axis, x.shape.length) });
}

/** Index of the smallest element along `axis`, the first if several are equal. int64, without that axis. */
export function argMin(x: Value, axis = -1): Value<'ArgMin'> {
  return value('ArgMin', [x], { axis: normalizeAxis(axis, x.shape.length), keepdims: 0 });
}

/** Index of the largest element along `axis`, the first if several are equal. int64, without that axis. */
export function argMax(x: Value, axis = -1): Value<'ArgMax'> {
  return value('ArgMax', [x], { axis: normalizeAxis(axis, x.shape.length), keepdims: 0 });
}

/** 1 at each index and 0 elsewhere: int64 […] → float32 […, size]. An index outside 0 … size − 1 gives zeros only. */
export function oneHot(indices: Value, size: number): Value {
  return cast(equal(reshape(indices, [...indices.shape, 1]), ints([...Array(size).keys()])), 'float32');
}
