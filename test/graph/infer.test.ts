import { describe, expect, it } from 'vitest';
import {
  add,
  cast,
  concat,
  constant,
  equal,
  expandLike,
  gather,
  gemm,
  greater,
  input,
  ints,
  intsOf,
  matMul,
  mul,
  or,
  pad,
  reduceSum,
  reshape,
  scalar,
  shapeOf,
  slice,
  softmax,
  sqrt,
  transpose,
  where,
} from '../../src/graph/ops/index.ts';
import { substitute } from '../../src/graph/rewriting/rewrite.ts';
import { type Value, value } from '../../src/graph/value.ts';

const int = input('i', ['N', 3], 'int64');
const x = input('x', ['N', 3]);

describe('the type of a result', () => {
  it.each<[string, Value, string]>([
    ['a sum of integers', add(int, 1), 'int64'],
    ['a sum over integers', reduceSum(int, [1]), 'int64'],
    ['padded integers', pad(int, [0, 1, 0, 1]), 'int64'],
    ['a part of integers', slice(int, [{ axis: 1, start: 0, end: 2 }]), 'int64'],
    ['joined integers', concat([int, int], 1), 'int64'],
    ['transposed truths', transpose(greater(x, 0), [1, 0]), 'bool'],
    ['gathered truths', gather(greater(x, 0), [1], 1), 'bool'],
    ['a comparison', equal(int, 2), 'bool'],
    ['a choice of integers', where(greater(x, 0), int, 0), 'int64'],
    ['a number like the other operand', mul(2, shapeOf(x)).inputs[0] as Value, 'int64'],
    ['a cast', cast(greater(x, 0), 'float32'), 'float32'],
    ['a constant of truths', constant({ shape: [2], data: Uint8Array.of(0, 1) }), 'bool'],
  ])('of %s follows from the operands', (_, y, dtype) => {
    expect(y.dtype).toBe(dtype);
  });

  it.each<[string, () => Value, string]>([
    ['two types', () => add(x, int), 'Expected operands of one type, got float32 and int64'],
    ['a root of integers', () => sqrt(int), 'Expected operands of type float32, got int64'],
    ['a softmax of integers', () => softmax(int), 'Expected operands of type float32, got int64'],
    ['a product of integers', () => matMul(int, int), 'Expected inner dimensions that agree'],
    ['a logical sum of floats', () => or(x, x), 'Expected operands of type bool, got float32'],
    ['a sum of truths', () => add(equal(x, x), equal(x, x)), 'of type float32 or int64, got bool'],
    ['a choice by floats', () => where(x, x, x), 'Expected a condition of type bool, got float32'],
    ['a choice of two types', () => where(greater(x, 0), x, int), 'Expected operands of one type'],
    [
      'numbers for another shape',
      () => constant({ shape: [3], data: new Float32Array(2) }),
      'for the shape [3], got 2',
    ],
    [
      'a matrix product of integers',
      () => gemm(int, input('j', [3, 2], 'int64')),
      'of type float32, got int64',
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});

describe('a graph over other operands', () => {
  const rebuilt = (y: Value, from: Value, to: Value) => substitute([y], new Map([[from, to]]))[0] as Value;

  it('gets the shapes and types that follow from them', () => {
    const image = input('image', [1, 4, 6]);
    const many = input('images', ['N', 4, 6]);
    expect(rebuilt(reduceSum(transpose(image, [2, 0, 1]), [0]), image, many).shape).toEqual(['N', 4]);
    expect(rebuilt(concat([image, image], 2), image, input('wide', [1, 4, 8])).shape).toEqual([1, 4, 16]);
    const y = where(equal(int, int), int, int);
    expect(rebuilt(y, int, cast(int, 'float32'))).toMatchObject({ dtype: 'float32', shape: ['N', 3] });
  });

  it('copies and infers the dimensions of a reshape', () => {
    const flat = value('Reshape', [input('a', ['N', 2, 3]), ints([0, -1])], {});
    expect(flat.shape).toEqual(['N', 6]);
    expect(rebuilt(flat, flat.inputs[0] as Value, input('b', [5, 4, 'M'])).shape).toEqual([5, '4*M']);
    const like = input('like', ['N', 'M']);
    const back = value('Reshape', [input('c', ['M*N']), concat([shapeOf(like, 0, 1), ints([-1])], 0)], {});
    expect(back.shape).toEqual(['N', 'M']);
  });

  it('is refused where an operator does not take them', () => {
    const image = input('image', [1, 4, 6]);
    const taller = input('taller', [1, 4, 12]);
    expect(() => rebuilt(mul(reshape(image, [1, 24]), 2), image, taller)).toThrow(
      'Expected a shape of 48 elements, got [1,24]',
    );
    expect(() => rebuilt(add(image, input('b', [6])), image, taller)).toThrow(
      'Expected shapes that broadcast, got [1,4,12] and [6]',
    );
  });

  it('reads a computed target only from its statement', () => {
    const target = add(shapeOf(x), ints([0, 0]));
    expect(value('Expand', [scalar(1), target], {}, { shape: ['N', 3] }).shape).toEqual(['N', 3]);
    expect(() => value('Expand', [scalar(1), target], {})).toThrow(
      'Expected a stated shape for Expand, got none',
    );
    expect(expandLike(scalar(1), x).shape).toEqual(['N', 3]);
  });
});

describe('ints', () => {
  it('keeps numbers beyond int64 at its ends, as files write "to the end"', () => {
    const { data } = ints([2 ** 63, -(2 ** 63), -(2 ** 64), 7]).attributes;
    expect([...data]).toEqual([2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n), 7n]);
    expect(intsOf(ints([2 ** 63]))[0]).toBe(2 ** 63);
  });
});
