import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  clip,
  constant,
  conv,
  convWeightGradient,
  div,
  expandLike,
  hardSwish,
  input,
  ints,
  mul,
  neg,
  pad,
  reduceSum,
  relu,
  reshape,
  scalar,
  stopGradient,
  sub,
  tanh,
  transpose,
} from '../../src/graph/ops/index.ts';
import { columnSums } from '../../src/graph/passes/column-sums.ts';
import { commonSubexpressions } from '../../src/graph/passes/common-subexpressions.ts';
import { lower } from '../../src/graph/passes/lower.ts';
import { simplify } from '../../src/graph/passes/simplify.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { tensor } from '../../src/tensor.ts';
import { expectClose } from '../support/close.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { inputsOf } from '../support/reference/gradients.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const x = input('x', [2, 3]);
const n = input('n', ['N', 'M']);
const opsOf = (values: readonly Value[]) => topologicalOrder(values).map(({ op }) => op);

describe('lower', () => {
  it.each([1, 2])('removes StopGradient and ConvWeightGradient, in %i groups', (group) => {
    const [image, filters] = [input('image', ['N', 4, 5, 5]), input('filters', [2, 4 / group, 3, 3])];
    const y = conv(image, filters, undefined, { group });
    const dw = convWeightGradient(image, stopGradient(y), [3, 3], { group });
    const lowered = lower([dw]);
    expect(opsOf(lowered)).not.toContain('StopGradient');
    expect(opsOf(lowered)).not.toContain('ConvWeightGradient');
    const feeds = sampleFeeds(inputsOf([dw]), { sizes: { N: 3 } });
    const [before, after] = [dw, lowered[0] as Value].map((each) => evaluate([each], feeds, { N: 3 })[0]);
    expectClose(after, before, 1e-12);
  });
});

describe('lower, then simplify', () => {
  it('leaves only arithmetic between two convolutions, and one im2col per convolution input', () => {
    const [image, first, second] = [
      input('image', ['N', 16, 6, 6]),
      input('first', [16, 16, 3, 3]),
      input('second', [16, 16, 3, 3]),
    ];
    const h = relu(conv(image, first, input('bias', [16]), { pads: [1, 1, 1, 1] }));
    const y = conv(h, second, undefined, { strides: [2, 2] });
    const grads = gradient(reduceSum(mul(y, y)), [first, second]);
    const ops = opsOf(commonSubexpressions(simplify(lower([y, ...grads]))));
    const times = (op: string) => ops.filter((each) => each === op).length;
    expect(ops).not.toContain('Conv');
    expect(times('Gather')).toBe(3);
    // Inputs: the image and two kernels. Outputs: y and two gradients. Between: two cotangents, transposed for their products.
    expect(times('Transpose')).toBe(8);
  });

  it('transposes no cotangent if the im2col matrix is the narrower one, and sums it as a product', () => {
    const image = input('image', ['N', 1, 7, 7]);
    const [filters, bias] = [input('filters', [16, 1, 3, 3]), input('bias', [16])];
    const h = relu(conv(image, filters, bias, { strides: [2, 2] }));
    const grads = gradient(reduceSum(mul(h, h)), [filters, bias]);
    const lowered = commonSubexpressions(columnSums(simplify(lower(grads))));
    const turned = topologicalOrder(lowered).filter((each) => isOp(each, 'Transpose'));
    // The im2col matrix to rows of pixels, and the gradient to the layout of the filters.
    expect(turned.map(({ shape }) => shape)).toEqual([
      ['N', 3, 3, 9],
      [16, 9],
    ]);
    expect(opsOf(lowered)).not.toContain('ReduceSum');
    const feeds = sampleFeeds(inputsOf(grads), { sizes: { N: 3 } });
    const [before, after] = [grads, lowered].map((each) => evaluate(each, feeds, { N: 3 }));
    before?.forEach((each, i) => {
      expectClose(after?.[i], each, 1e-12);
    });
  });

  it('does not lower a convolution with constant weights', () => {
    const w = constant(tensor([2, 1, 1, 1], [1, 2]), 'w');
    expect(opsOf(lower([conv(input('image', ['N', 1, 4, 4]), w)]))).toContain('Conv');
  });
});

describe('simplify', () => {
  const other = input('other', ['N', 'M']);
  it.each([
    ['x + 0', add(n, 0), n],
    ['0 + x', add(0, n), n],
    ['x − 0', sub(n, 0), n],
    ['x · 1', mul(n, 1), n],
    ['1 · x', mul(1, n), n],
    ['x / 1', div(n, 1), n],
    ['−−x', neg(neg(n)), n],
    ['x there and back', transpose(transpose(n, [1, 0]), [1, 0]), n],
    ['x reshaped there and back', reshape(reshape(x, [6]), [2, 3]), x],
    ['x · (1 expanded)', mul(expandLike(scalar(1), n), n), n],
    ['(0 expanded) + x', add(expandLike(scalar(0), n), n), n],
    ['all of these in sequence', neg(neg(mul(add(transpose(transpose(n, [1, 0]), [1, 0]), 0), 1))), n],
  ])('%s is x', (_, value, expected) => {
    expect(simplify([value])).toEqual([expected]);
    expect(simplify([value])[0]).toBe(expected);
  });

  it.each([
    ['0 − x', sub(0, n)],
    ['1 / x', div(1, n)],
    ['x + 1', add(n, 1)],
    ['x · 0', mul(n, 0)],
    ['a 1 that broadcasts the other operand', mul(scalar(2), constant(tensor([1, 1], [1])))],
    ['a weight that happens to be 1', mul(n, constant(tensor([], [1]), 'w'))],
  ])('%s stays', (_, value) => {
    expect(simplify([value])[0]?.shape).toEqual(value.shape);
    const sizes = { N: 3, M: 2 };
    const feeds = sampleFeeds([n], { sizes });
    expect(evaluate(simplify([value]), feeds, sizes)).toEqual(evaluate([value], feeds, sizes));
    expect(simplify([value])[0]?.op).toBe(value.op);
  });

  it('drops an expansion if the other operand has the shape of the result', () => {
    const [y] = simplify([mul(expandLike(scalar(2), n), other)]);
    expect(opsOf([y as Value])).toEqual(['Constant', 'Input', 'Mul']);
  });

  it('moves an expansion behind arithmetic', () => {
    const [y] = simplify([mul(expandLike(input('row', [1, 'M']), n), 2)]);
    expect(opsOf([y as Value])).toEqual(['Input', 'Constant', 'Mul', 'Input', 'Shape', 'Expand']);
  });

  it.each([
    ['arithmetic', (each: Value) => tanh(mul(each, 2))],
    ['operands of fewer axes', (each: Value) => add(each, input('row', [4]))],
    ['activations with bounds', (each: Value) => hardSwish(clip(each, { min: -1, max: 1 }))],
    ['reductions', (each: Value) => reduceSum(each, [0, 2], { keepdims: true })],
  ])('moves a change to channels-first behind %s', (_, f) => {
    const image = input('image', ['N', 3, 4, 2]);
    const value = f(transpose(image, [0, 3, 1, 2]));
    const [moved] = simplify([value]);
    expect(['Transpose', 'Reshape']).toContain(moved?.op);
    const feeds = sampleFeeds(inputsOf([value]), { sizes: { N: 2 } });
    const [before, after] = [value, moved as Value].map((each) => evaluate([each], feeds, { N: 2 })[0]);
    expectClose(after, before, 1e-12);
  });

  it('joins two transposes, and two reshapes, into one', () => {
    const image = input('image', ['N', 2, 3, 4]);
    const [turned] = simplify([transpose(transpose(image, [0, 2, 3, 1]), [3, 0, 1, 2])]);
    expect(turned).toMatchObject({ op: 'Transpose', inputs: [image], attributes: { perm: [1, 0, 2, 3] } });
    const [flat] = simplify([reshape(reshape(image, ['N', 24]), ['24*N'])]);
    expect(flat).toMatchObject({ op: 'Reshape', inputs: [image, ints([-1])], shape: ['24*N'] });
  });

  it('keeps two reshapes if a single one could not have a constant target', () => {
    const image = input('image', ['N', 4, 'M']);
    const moved = reshape(reshape(image, ['N', 2, 2, 'M']), ['2*N', 1, 2, 'M']);
    expect(opsOf(simplify([moved]))).toEqual(['Input', 'Constant', 'Reshape', 'Constant', 'Reshape']);
  });
});

describe('parts between zeros', () => {
  const [a, b, c] = [input('a', ['N', 2, 3]), input('b', ['N', 4, 3]), input('c', ['N', 1, 3])];
  const within = (part: Value, before: number, after: number) => pad(part, [0, before, 0, 0, after, 0]);

  it.each([
    ['that cover a tensor are joined', add(within(a, 0, 5), add(within(c, 6, 0), within(b, 2, 1))), 1, 0],
    ['that are neighbours are joined between zeros', add(within(b, 3, 2), within(a, 1, 6)), 1, 1],
    ['that overlap are added', add(within(a, 0, 4), within(b, 1, 1)), 0, 2],
    ['with a gap between them are added', add(within(a, 0, 5), within(c, 3, 3)), 0, 2],
    [
      'along different axes are added',
      add(within(a, 0, 4), pad(input('d', ['N', 6, 2]), [0, 0, 1, 0, 0, 0])),
      0,
      2,
    ],
  ])('%s', (_, sum, joined, padded) => {
    const [simpler] = simplify([sum]);
    const ops = opsOf([simpler as Value]);
    expect(ops.filter((op) => op === 'Concat')).toHaveLength(joined);
    expect(ops.filter((op) => op === 'Pad')).toHaveLength(padded);
    const feeds = sampleFeeds(inputsOf([sum]), { sizes: { N: 2 } });
    const [before, after] = [sum, simpler as Value].map((each) => evaluate([each], feeds, { N: 2 })[0]);
    expectClose(after, before, 0);
  });
});
