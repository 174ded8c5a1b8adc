import { describe, expect, it } from 'vitest';
import {
  add,
  argMin,
  clip,
  concat,
  conv,
  convTranspose,
  convWeightGradient,
  equal,
  expandLike,
  gather,
  gemm,
  groupNorm,
  input,
  instanceNorm,
  ints,
  layerNorm,
  localResponseNorm,
  logSoftmax,
  matMul,
  pad,
  prelu,
  reduceSum,
  reshape,
  reshapeLike,
  scatterAdd,
  slice,
  softmax,
  transpose,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import type { Shape } from '../../../src/onnx/dim.ts';

const of = (...shape: Shape): Value => input('x', shape);

describe('a constructor refuses shapes that do not fit', () => {
  const refusals: Readonly<Record<string, readonly [make: () => Value, message: string]>> = {
    'operands that do not broadcast': [
      () => add(of('N', 3), of(4)),
      'Expected shapes that broadcast, got [N,3] and [4]',
    ],
    'operands of two types compared': [
      () => equal(of(2), ints([1, 2])),
      'Expected operands of one type, got float32 and int64',
    ],
    'a least place of a scalar': [() => argMin(of()), 'Expected an axis from 0 to -1, got -1'],
    'an axis beyond the rank': [() => reduceSum(of(2, 3), [2]), 'Expected an axis from -2 to 1, got 2'],
    'a softmax of a scalar': [() => softmax(of()), 'Expected an axis from 0 to -1, got -1'],
    'another number of elements': [() => reshape(of(2, 3), [7]), 'Expected a shape of 6 elements, got [7]'],
    'another number of symbolic elements': [
      () => reshape(of('N', 6), ['N', 5]),
      'Expected a shape of 6*N elements, got [N,5]',
    ],
    'two symbols that x lacks': [
      () => reshape(of('M*N'), ['N', 'M']),
      'Expected at most one new symbolic dimension, got [M*N] to [N,M]',
    ],
    'another number of elements than the model shape': [
      () => reshapeLike(of(6), of('N')),
      'Expected a shape of 6 elements, got [N]',
    ],
    'a permutation that repeats an axis': [
      () => transpose(of(2, 3), [0, 0]),
      'Expected a permutation of 2 axes, got [0,0]',
    ],
    'a permutation of too few axes': [
      () => transpose(of(2, 3), [0]),
      'Expected a permutation of 2 axes, got [0]',
    ],
    'an expansion to a smaller shape': [
      () => expandLike(of(2, 3), of(3)),
      'Expected a shape that broadcasts to [3], got [2,3]',
    ],
    'a slice past the end': [
      () => slice(of(4), [{ axis: 0, start: 2, end: 5 }]),
      'Expected a range within 0…4, got 2:5:1 on axis 0',
    ],
    'an empty slice': [
      () => slice(of(4), [{ axis: 0, start: 2, end: 2 }]),
      'Expected a range within 0…4, got 2:2:1 on axis 0',
    ],
    'a step backwards': [
      () => slice(of(4), [{ axis: 0, start: 0, end: 4, step: -1 }]),
      'Expected a range within 0…4, got 0:4:-1 on axis 0',
    ],
    'a slice of a symbolic axis': [
      () => slice(of('N'), [{ axis: 0, start: 0, end: 1 }]),
      'Expected axis 0 of [N] to be static',
    ],
    'too few pads': [() => pad(of(2, 3), [1, 1]), 'Expected 4 pads of 0 or more, got [1,1]'],
    'a reflection longer than the axis': [
      () => pad(of(3), [3, 0], { mode: 'reflect' }),
      'Expected at most 2 pads of mode reflect, got [3,0]',
    ],
    'an index beyond the axis': [() => gather(of(3), [0, 3], 0), 'Expected indices from 0 to 2, got 3'],
    'indices that are not integers': [
      () => gather(of(3), of(2), 0),
      'Expected operands of type int64, got float32',
    ],
    'updates of another shape': [
      () => scatterAdd(of(3, 2), ints([1, 2]), of(2, 3)),
      'Expected indices [.., 1] and updates [2,2], got [2,1] and [2,3]',
    ],
    'bounds that are not scalars': [
      () => clip(of(3), { min: of(3) }),
      'Expected bounds that are scalars, got [3],[]',
    ],
    'a slope larger than x': [
      () => prelu(of(3), of(2, 3)),
      'Expected slopes that broadcast to [3], got [2,3]',
    ],
    'negative pads': [() => pad(of(3), [1, -1]), 'Expected 2 pads of 0 or more, got [1,-1]'],
    'a padded symbolic axis': [() => pad(of('N'), [1, 0]), 'Expected axis 0 of [N] to be static'],
    'no parts': [() => concat([], 0), 'Expected at least one part, got none'],
    'parts that differ elsewhere': [
      () => concat([of(2, 3), of(3, 3)], 1),
      'Expected parts that agree in all axes but 1, got [2,3] and [3,3]',
    ],
    'parts of different rank': [
      () => concat([of(2), of(2, 1)], 0),
      'Expected parts that agree in all axes but 0, got [2] and [2,1]',
    ],
    'inner dimensions that differ': [
      () => matMul(of(2, 3), of(2, 3)),
      'Expected inner dimensions that agree, got [2,3] and [2,3]',
    ],
    'a symbol against a size': [
      () => matMul(of(2, 'N'), of(3, 2)),
      'Expected inner dimensions that agree, got [2,N] and [3,2]',
    ],
    'a vector for a matrix': [
      () => matMul(of(3), of(3, 2)),
      'Expected matrices or stacks of them, got [3] and [3,2]',
    ],
    'stacks that do not broadcast': [
      () => matMul(of(2, 3, 4), of(3, 4, 5)),
      'Expected shapes that broadcast, got [2] and [3]',
    ],
    'a stack for a matrix': [
      () => gemm(of(1, 2, 3), of(3, 2)),
      'Expected two matrices, got [1,2,3] and [3,2]',
    ],
    'a transposition that does not fit': [
      () => gemm(of(2, 3), of(3, 2), { transA: true }),
      'Expected inner dimensions that agree, got [2,3] and [3,2]',
    ],
    'channels that are not the filters’': [
      () => conv(of('N', 3, 8, 8), of(4, 2, 3, 3)),
      'Expected channels to fit filters in 1 groups, got [N,3,8,8] and [4,2,3,3]',
    ],
    'filters that groups do not share evenly': [
      () => conv(of(1, 4, 8, 8), of(3, 2, 3, 3), undefined, { group: 2 }),
      'Expected channels to fit filters in 2 groups, got [1,4,8,8] and [3,2,3,3]',
    ],
    'a kernel larger than the input': [
      () => conv(of(1, 1, 2, 2), of(1, 1, 3, 3)),
      'Expected a kernel within the padded input, got [1,1,2,2] and [1,1,3,3]',
    ],
    'a bias of another length': [
      () => conv(of(1, 1, 4, 4), of(2, 1, 3, 3), of(3)),
      'Expected a bias of shape [2], got [3]',
    ],
    'a plane of unknown size': [
      () => conv(of(1, 1, 'H', 4), of(1, 1, 3, 3)),
      'Expected four axes, the last two static, got [1,1,H,4]',
    ],
    'a scale of other axes than are normalised': [
      () => layerNorm(of('N', 3, 4), of(3)),
      'Expected shapes that broadcast, got [3] and [4]',
    ],
    'a scale that would enlarge x': [
      () => layerNorm(of('N', 4), of(2, 4)),
      'Expected parameters that broadcast to [4], got [2,4]',
    ],
    'parameters of other channels': [
      () => instanceNorm(of('N', 3, 4), of(3), of(4)),
      'Expected parameters of the channels of [N,3,4], got [4]',
    ],
    'groups that do not share the channels evenly': [
      () => groupNorm(of('N', 6, 4), of(6), of(6), 4),
      'Expected channels that 4 groups share evenly, got [N,6,4]',
    ],
    'an even number of neighbouring channels': [
      () => localResponseNorm(of('N', 6, 4), 4),
      'Expected an odd number of channels, as the runtime does, got 4',
    ],
    'a transpose of a tensor that is not an output': [
      () => convTranspose(of(1, 2, 3, 3), of(2, 1, 3, 3), [6, 6]),
      'Expected the output of a convolution of [6,6] with [2,1,3,3], got [1,2,3,3]',
    ],
    'a transpose of other channels than the filters made': [
      () => convTranspose(of(1, 3, 4, 4), of(2, 1, 3, 3), [6, 6]),
      'Expected the output of a convolution of [6,6] with [2,1,3,3], got [1,3,4,4]',
    ],
    'a weight gradient of a tensor that is not an output': [
      () => convWeightGradient(of('N', 1, 6, 6), of('M', 2, 4, 4), [3, 3]),
      'Expected the output of a convolution of [N,1,6,6] with [3,3], got [M,2,4,4]',
    ],
    'a count of classes unlike the labels’': [
      () => add(logSoftmax(of('N', 'ways')), of('N', 5)),
      'Expected shapes that broadcast, got [N,ways] and [N,5]',
    ],
  };

  it.each(Object.entries(refusals))('%s', (_, [make, message]) => {
    expect(make).toThrow(new RangeError(message));
  });
});
