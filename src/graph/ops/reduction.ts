import { normalizeAxis } from '../../onnx/dim.ts';
import { type Value, value } from '../value.ts';
import { cast, equal } from './elementwise.ts';
import { ints } from './leaf.ts';
import { reshape } from './movement.ts';

interface ReduceOptions {
  /** Keep the reduced axes with size 1. */
  readonly keepdims?: boolean;
}

/** Reduce over `axes` (default: all). If the list is empty, the result is x. */
function reduce<Op extends 'ReduceSum' | 'ReduceMean'>(op: Op) {
  return (x: Value, axes?: readonly number[], { keepdims = false }: ReduceOptions = {}): Value => {
    const rank = x.shape.length;
    const distinct = new Set((axes ?? x.shape.map((_, i) => i)).map((axis) => normalizeAxis(axis, rank)));
    const over = [...distinct].sort((a, b) => a - b);
    // ONNX reads an empty list as all axes.
    if (over.length === 0) return x;
    return value<Op>(op, [x, ints(over)], { keepdims: keepdims ? 1 : 0 });
  };
}

export const reduceSum = reduce('ReduceSum');
export const reduceMean = reduce('ReduceMean');

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

/** 1 at each index and 0 elsewhere: int64 […] → float32 […, size]. An index outside 0 … size − 1 gives zeros only. */
export function oneHot(indices: Value, size: number): Value {
  return cast(equal(reshape(indices, [...indices.shape, 1]), ints([...Array(size).keys()])), 'float32');
}
