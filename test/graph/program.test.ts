import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  cast,
  constant,
  input,
  less,
  logSoftmax,
  matMul,
  mul,
  neg,
  reduceMean,
  reduceSum,
  relu,
  scalar,
  scan,
  stopGradient,
  sub,
} from '../../src/graph/ops/index.ts';
import { logPasses, print } from '../../src/graph/print.ts';
import { type Program, program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { tensor } from '../../src/tensor.ts';

const x = input('x', ['N', 2]);

describe('program', () => {
  it('refuses an output that uses an input which is missing in its signature or has another shape there', () => {
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

describe('onPass', () => {
  const [w, b] = [input('w', [2, 3]), input('b', [3])];
  const y = add(matMul(stopGradient(x), w), mul(b, 1));
  const inputs = [x, w, b];

  it('gets the program before and after each pass; the first is as built, the last is the result', () => {
    const calls: { pass: string; before: Program; after: Program }[] = [];
    const made = program('f', inputs, { y }, (pass, before, after) => calls.push({ pass, before, after }));
    expect(calls.map(({ pass }) => pass)).toEqual(expect.arrayContaining(['lower', 'simplify', 'products']));
    expect(calls[0]?.before).toEqual({ name: 'f', inputs, outputs: { y } });
    calls.slice(1).forEach(({ before }, i) => {
      expect(before.outputs.y).toBe(calls[i]?.after.outputs.y);
    });
    expect(calls.at(-1)?.after.outputs.y).toBe(made.outputs.y);
  });

  it('changes nothing about the program', () => {
    expect(print(program('f', inputs, { y }, () => {}))).toBe(print(program('f', inputs, { y })));
  });

  it('prints the program as built and after each pass that changes it', () => {
    const texts: string[] = [];
    const made = program(
      'f',
      inputs,
      { y },
      logPasses((text) => texts.push(text)),
    );
    const titles = texts.map((text) => text.split('\n')[0]);
    expect(titles[0]).toBe('# as built');
    expect(texts[0]).toContain('StopGradient(x)');
    expect(titles).toContain('# after lower');
    expect(titles).toContain('# pruneScans: no change');
    const lowered = texts[titles.indexOf('# after lower')];
    expect(lowered).not.toContain('StopGradient');
    expect(lowered).toContain('MatMul(x, w)');
    const last = texts.filter((text) => !text.includes('no change')).at(-1);
    expect(last).toBe(`# after products\n${print(made)}\n`);
  });
});

describe('print', () => {
  it('writes one value per line, with operands, attributes and shape', () => {
    const [w, b] = [constant(tensor([2, 3], new Float32Array(6)), 'w'), scalar(0.5)];
    const y = relu(add(matMul(x, w), b));
    expect(print(program('layer', [x], { y, mean: reduceMean(y, [0]) }))).toBe(
      [
        'layer(x [N, 2])',
        '  Gemm_3 = Gemm(x, w, {0.5}, transA=0, transB=0) [N, 3]',
        '  y = Relu(Gemm_3) [N, 3]',
        '  mean = ReduceMean(y, {0}, keepdims=0) [3]',
        '  return y',
        '  return mean',
      ].join('\n'),
    );
  });

  it('prints a gradient after lowering, simplification and merging of equal expressions', () => {
    const [w, y] = [input('w', [2, 'ways']), input('y', ['N', 'ways'])];
    const loss = neg(reduceMean(reduceSum(mul(y, logSoftmax(matMul(x, w))), [1])));
    const [grad] = gradient(loss, [w]);
    const next = sub(w, mul(stopGradient(grad as Value), 0.1));
    expect(print(program('step', [w, x, y], { next, loss }))).toMatchInlineSnapshot(`
      "step(w [2, ways], x [N, 2], y [N, ways])
        Neg_3 = Neg({1}) []
        Shape_4 = Shape(x, start=0, end=1) [1] int64
        Cast_5 = Cast(Shape_4, to=1) [1]
        Reshape_7 = Reshape(Cast_5, {}) []
        Div_8 = Div(Neg_3, Reshape_7) []
        Reshape_10 = Reshape(Div_8, {1}) [1]
        Expand_11 = Expand(Reshape_10, Shape_4) [N]
        Reshape_13 = Reshape(Expand_11, {0, 1}) [N, 1]
        Mul_15 = Mul(Reshape_13, y) [N, ways]
        MatMul_16 = MatMul(x, w) [N, ways]
        Softmax_17 = Softmax(MatMul_16, axis=1) [N, ways]
        ReduceSum_18 = ReduceSum(Mul_15, {1}, keepdims=1) [N, 1]
        Mul_19 = Mul(Softmax_17, ReduceSum_18) [N, ways]
        Sub_20 = Sub(Mul_15, Mul_19) [N, ways]
        Gemm_21 = Gemm(x, Sub_20, transA=1, transB=0) [2, ways]
        Mul_23 = Mul(Gemm_21, {0.10000000149011612}) [2, ways]
        next = Sub(w, Mul_23) [2, ways]
        LogSoftmax_25 = LogSoftmax(MatMul_16, axis=1) [N, ways]
        Mul_26 = Mul(y, LogSoftmax_25) [N, ways]
        ReduceSum_27 = ReduceSum(Mul_26, {1}, keepdims=0) [N]
        ReduceMean_29 = ReduceMean(ReduceSum_27, {0}, keepdims=0) []
        loss = Neg(ReduceMean_29) []
        return next
        return loss"
    `);
  });

  it('prints the type of each value that is not float32, also of inputs and within scans', () => {
    const ids = input('ids', ['N', 2], 'int64');
    const counts = cast(less(cast(ids, 'float32'), x), 'float32');
    const { carry } = scan(
      { carry: { c: constant(tensor([2], [0, 0])) }, sequences: { ids } },
      ({ c }, { ids: item }) => ({ carry: { c: add(c, cast(item, 'float32')) } }),
    );
    expect(print(program('f', [ids, x], { counts, sum: carry.c }))).toMatchInlineSnapshot(`
      "f(ids [N, 2] int64, x [N, 2])
        Cast_1 = Cast(ids, to=1) [N, 2]
        Less_3 = Less(Cast_1, x) [N, 2] bool
        counts = Cast(Less_3, to=1) [N, 2]
        Scan_6 = Scan({0, 0}, ids, carries=1, sequences=1, reverse=false)
          body(Scan_6/carry.c [2], Scan_6/item.ids [2] int64)
            Scan_6/Cast_2 = Cast(Scan_6/item.ids, to=1) [2]
            Scan_6/result.0 = Add(Scan_6/carry.c, Scan_6/Cast_2) [2]
            return 0 = Scan_6/result.0
        Scan_6.0 = ScanResult(Scan_6, index=0) [2]
        return counts
        return sum = Scan_6.0"
    `);
  });
});
