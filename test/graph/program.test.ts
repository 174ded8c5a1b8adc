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
        '  %0 = Gemm(x, w, {0.5}, transA=0, transB=0) [N, 3]',
        '  %1 = Relu(%0) [N, 3]',
        '  %2 = ReduceMean(%1, {0}, keepdims=0) [3]',
        '  return y = %1',
        '  return mean = %2',
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
        %0 = Neg({1}) []
        %1 = Shape(x, start=0, end=1) [1]
        %2 = Cast(%1, to=1) [1]
        %3 = Reshape(%2, {}) []
        %4 = Div(%0, %3) []
        %5 = Reshape(%4, {1}) [1]
        %6 = Expand(%5, %1) [N]
        %7 = Reshape(%6, {0, 1}) [N, 1]
        %8 = Mul(%7, y) [N, ways]
        %9 = MatMul(x, w) [N, ways]
        %10 = Softmax(%9, axis=1) [N, ways]
        %11 = ReduceSum(%8, {1}, keepdims=1) [N, 1]
        %12 = Mul(%10, %11) [N, ways]
        %13 = Sub(%8, %12) [N, ways]
        %14 = Gemm(x, %13, transA=1, transB=0) [2, ways]
        %15 = Mul(%14, {0.10000000149011612}) [2, ways]
        %16 = Sub(w, %15) [2, ways]
        %17 = LogSoftmax(%9, axis=1) [N, ways]
        %18 = Mul(y, %17) [N, ways]
        %19 = ReduceSum(%18, {1}, keepdims=0) [N]
        %20 = ReduceMean(%19, {0}, keepdims=0) []
        %21 = Neg(%20) []
        return next = %16
        return loss = %21"
    `);
  });
});
