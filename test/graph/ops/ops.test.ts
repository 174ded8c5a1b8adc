import { describe, expect, it } from 'vitest';
import {
  averagePool,
  concat,
  constant,
  conv,
  expandLike,
  gather,
  globalAveragePool,
  globalMaxPool,
  input,
  ints,
  intsOf,
  matMul,
  maxPool,
  pad,
  pow,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  scalarOf,
  shapeOf,
  slice,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import type { Shape } from '../../../src/onnx/dim.ts';
import { tensor } from '../../../src/tensor.ts';

const of = (...shape: Shape): Value => input('x', shape);

describe('shapes are inferred', () => {
  it.each([
    ['a flattened batch', () => reshape(of('N', 7, 7), ['49*N']), ['49*N']],
    ['a swap of symbols', () => reshape(of('N', 2, 'M'), ['M', 'N', 2]), ['M', 'N', 2]],
    ['dropped axes', () => reduceMean(of('N', 2, 3), [0, -1]), [2]],
    ['kept axes', () => reduceSum(of('N', 2, 3), [1], { keepdims: true }), ['N', 1, 3]],
    ['an axis named twice', () => reduceSum(of(2, 3), [1, -1]), [2]],
    ['all axes', () => reduceSum(of('N', 2)), []],
    ['a strided slice', () => slice(of('N', 7), [{ axis: 1, start: 1, end: 7, step: 4 }]), ['N', 2]],
    ['padding beside a symbol', () => pad(of('N', 2), [0, 1, 0, 2]), ['N', 5]],
    ['a product of stacks', () => matMul(of('N', 1, 2, 3), of(4, 3, 5)), ['N', 4, 2, 5]],
    [
      'a strided convolution',
      () => conv(of('N', 1, 28, 28), of(64, 1, 3, 3), undefined, same),
      ['N', 64, 14, 14],
    ],
    [
      'a convolution of rows',
      () => conv(of('N', 2, 9), of(4, 2, 3), undefined, { strides: [2] }),
      ['N', 4, 4],
    ],
    [
      'windows that end within the input',
      () => maxPool(of('N', 2, 6, 6), [3, 3], { strides: [2, 2] }),
      ['N', 2, 2, 2],
    ],
    [
      'windows that reach past the end',
      () => averagePool(of('N', 2, 6, 7), [3, 3], { strides: [2, 2], ceilMode: true }),
      ['N', 2, 3, 3],
    ],
    [
      'no window that begins in the padding at the end',
      () => maxPool(of('N', 2, 5, 7), [2, 2], { strides: [2, 3], pads: [1, 0, 1, 1], ceilMode: true }),
      ['N', 2, 3, 3],
    ],
    ['a mean of images', () => globalAveragePool(of('N', 3, 5, 7)), ['N', 3, 1, 1]],
    ['a maximum of rows', () => globalMaxPool(of('N', 3, 5)), ['N', 3, 1]],
    ['an odd plane', () => conv(of('N', 1, 7, 7), of(64, 1, 3, 3), undefined, same), ['N', 64, 4, 4]],
  ] as const)('%s', (_, make, shape) => {
    expect(make().shape).toEqual(shape);
  });

  const same = { strides: [2, 2], pads: [1, 1, 1, 1] };
});

describe('operators without effect are not created', () => {
  const x = of('N', 3);
  it.each([
    ['a reshape to the same shape', () => reshape(x, ['N', 3])],
    ['an expansion to the same shape', () => expandLike(x, of('N', 3))],
    ['padding by zero', () => pad(x, [0, 0, 0, 0])],
    ['a concatenation of one part', () => concat([x], 1)],
    ['a reduction over no axes', () => reduceSum(x, [])],
  ] as const)('%s is its operand', (_, make) => {
    expect(make()).toBe(x);
  });
});

describe('constants', () => {
  it('return their numbers', () => {
    expect(intsOf(ints([0, -1, 5]))).toEqual([0, -1, 5]);
    expect(scalarOf(scalar(0.5))).toBe(0.5);
    expect(scalarOf(constant(tensor([2], [1, 1])))).toBeNull();
    expect(scalarOf(constant(tensor([], [1]), 'w'))).toBeNull();
    expect(scalarOf(ints([1]))).toBeNull();
  });

  it('differ from computed integers', () => {
    expect(() => intsOf(shapeOf(of('N')))).toThrow(
      new TypeError('Expected a constant int64 operand, got Shape'),
    );
  });
});

describe('gather', () => {
  const x = of('N', 6);
  it.each([
    [[1, 2, 3], { op: 'Slice', shape: ['N', 3] }],
    [[1, 3, 5], { op: 'Slice', shape: ['N', 3] }],
    [[4], { op: 'Slice', shape: ['N', 1] }],
    [[3, 2, 1], { op: 'Gather', shape: ['N', 3] }],
    [[1, 1], { op: 'Gather', shape: ['N', 2] }],
  ])('of %s reads a part where the indices are equally spaced', (indices, made) => {
    expect(gather(x, indices, 1)).toMatchObject(made);
  });

  it('of all indices in order is x', () => {
    expect(gather(x, [0, 1, 2, 3, 4, 5], -1)).toBe(x);
  });

  it('with computed indices puts their axes in the place of its own', () => {
    expect(gather(of(7, 'N', 5), input('i', [2, 'M'], 'int64'), 1).shape).toEqual([7, 2, 'M', 5]);
    expect(gather(of('N', 5), input('i', [], 'int64'), 0).shape).toEqual([5]);
  });
});

describe('pow', () => {
  it.each([
    [1, 'Input'],
    [2, 'Mul'],
    [0.5, 'Sqrt'],
    [-1, 'Reciprocal'],
    [3, 'Pow'],
  ])('to %s is %s', (p, op) => {
    expect(pow(of('N'), p).op).toBe(op);
    expect(pow(of('N'), constant(tensor([1], [p]))).op).toBe(op);
    expect(pow(of('N'), constant(tensor([1, 1], [p]))).op).toBe('Pow');
  });
});
