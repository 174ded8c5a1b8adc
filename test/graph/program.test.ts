import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  constant,
  input,
  logSoftmax,
  matMul,
  mul,
  neg,
  reduceMean,
  reduceSum,
  relu,
  scalar,
  stopGradient,
  sub,
} from '../../src/graph/ops/index.ts';
import { print } from '../../src/graph/print.ts';
import { program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { tensor } from '../../src/tensor.ts';

const x = input('x', ['N', 2]);

describe('program', () => {
  it('refuses an output made of an input that it does not list, or lists in another shape', () => {
    expect(() => program('f', [], { y: neg(x) })).toThrow('Expected program f to list input x [N,2], got ');
    expect(() => program('f', [input('x', ['N', 3])], { y: neg(x) })).toThrow(
      'Expected program f to list input x [N,2], got x [N,3]',
    );
  });

  it.each([
    ['two inputs', () => program('f', [x, x], { y: neg(x) }), 'x'],
    ['an input and an output', () => program('f', [x], { x: neg(x) }), 'x'],
  ])('refuses one name for %s', (_, make, name) => {
    expect(make).toThrow(`Expected names of program f to differ, got ${name} twice`);
  });

  it('keeps inputs that no output uses in its signature', () => {
    const { inputs } = program('f', [x, input('unused', [])], { y: neg(x) });
    expect(inputs.map(({ attributes }) => attributes.name)).toEqual(['x', 'unused']);
  });
});

describe('print', () => {
  it('writes one value a line, with operands, attributes and shapes', () => {
    const [w, b] = [constant(tensor([2, 3], new Float32Array(6)), 'w'), scalar(0.5)];
    const y = relu(add(matMul(x, w), b));
    expect(print(program('layer', [x], { y, mean: reduceMean(y, [0]) }))).toBe(
      [
        'layer(x [N, 2])',
        '  %0 = MatMul(x, w) [N, 3]',
        '  %1 = Add(%0, {0.5}) [N, 3]',
        '  %2 = Relu(%1) [N, 3]',
        '  %3 = ReduceMean(%2, {0}, keepdims=0) [3]',
        '  return y = %2',
        '  return mean = %3',
      ].join('\n'),
    );
  });

  it('shows a gradient as it will run: lowered, simplified, each expression once', () => {
    const [w, y] = [input('w', [2, 'ways']), input('y', ['N', 'ways'])];
    const loss = neg(reduceMean(reduceSum(mul(y, logSoftmax(matMul(x, w))), [1])));
    const [slope] = gradient(loss, [w]);
    const next = sub(w, mul(stopGradient(slope as Value), 0.1));
    expect(print(program('step', [w, x, y], { next, loss }))).toMatchInlineSnapshot(`
      "step(w [2, ways], x [N, 2], y [N, ways])
        %0 = Transpose(x, perm=[1,0]) [2, N]
        %1 = Neg({1}) []
        %2 = MatMul(x, w) [N, ways]
        %3 = LogSoftmax(%2, axis=1) [N, ways]
        %4 = Mul(y, %3) [N, ways]
        %5 = ReduceSum(%4, {1}, keepdims=0) [N]
        %6 = Shape(%5, start=0, end=1) [1]
        %7 = Cast(%6, to=1) [1]
        %8 = Reshape(%7, {}) []
        %9 = Div(%1, %8) []
        %10 = Reshape(%9, {1}) [1]
        %11 = Expand(%10, %6) [N]
        %12 = Reshape(%11, {0, 1}) [N, 1]
        %13 = Mul(%12, y) [N, ways]
        %14 = Softmax(%2, axis=1) [N, ways]
        %15 = ReduceSum(%13, {1}, keepdims=1) [N, 1]
        %16 = Mul(%14, %15) [N, ways]
        %17 = Sub(%13, %16) [N, ways]
        %18 = MatMul(%0, %17) [2, ways]
        %19 = Mul(%18, {0.10000000149011612}) [2, ways]
        %20 = Sub(w, %19) [2, ways]
        %21 = ReduceMean(%5, {0}, keepdims=0) []
        %22 = Neg(%21) []
        return next = %20
        return loss = %22"
    `);
  });
});
