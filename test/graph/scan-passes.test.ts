import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  constant,
  conv,
  convWeightGradient,
  exp,
  input,
  matMul,
  mul,
  neg,
  reduceSum,
  reshape,
  scan,
  stopGradient,
  tanh,
} from '../../src/graph/ops/index.ts';
import { commonSubexpressions } from '../../src/graph/passes/common-subexpressions.ts';
import { lower } from '../../src/graph/passes/lower.ts';
import { pruneScans } from '../../src/graph/passes/prune-scans.ts';
import { simplify } from '../../src/graph/passes/simplify.ts';
import { print } from '../../src/graph/print.ts';
import { program } from '../../src/graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { tensor } from '../../src/tensor.ts';
import { nested } from '../autodiff/cases/recurrences.ts';
import { evaluate } from '../support/reference/evaluate.ts';

const x = input('x', ['N', 2]);
const w = input('w', [2]);
const zero = constant(tensor([2], [0, 0]));

/** Σ f(xₜ), and all partial sums. */
const sumOf = (f: (item: Value) => Value, reverse = false) =>
  scan(
    { carry: { sum: zero }, sequences: { x } },
    ({ sum }, { x: item }) => {
      const next = add(sum, f(item));
      return { carry: { sum: next }, outputs: { sums: next } };
    },
    { reverse },
  );

const scansOf = (values: readonly Value[]) => topologicalOrder(values).filter((each) => isOp(each, 'Scan'));
const opsOf = (values: readonly Value[]) => topologicalOrder(values).map(({ op }) => op);
const bodyOpsOf = (values: readonly Value[]) =>
  scansOf(values).map(({ attributes: { body } }) => opsOf(body.results).filter((op) => op !== 'Input'));

const feeds = {
  w: { shape: [2], data: Float64Array.of(1, -1) },
  x: { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) },
};
const resultsOf = (values: readonly Value[]) =>
  evaluate(values, feeds, { N: 3 }).map(({ data }) => [...data]);

describe('passes over a scan', () => {
  it('lower the operators in a body', () => {
    const image = input('image', ['N', 1, 2, 3, 3]);
    const { outputs } = scan({ carry: {}, sequences: { image } }, (_, { image: item }) => {
      const y = conv(item, input('filters', [1, 2, 2, 2]));
      return { carry: {}, outputs: { dw: convWeightGradient(item, stopGradient(y), [2, 2]) } };
    });
    const [body = []] = bodyOpsOf(lower([outputs.dw]));
    expect(body).toContain('Gemm');
    expect(body.filter((op) => ['StopGradient', 'ConvWeightGradient'].includes(op))).toEqual([]);
  });

  it('simplify a body, and move values out that then depend on no parameter', () => {
    const { carry } = sumOf((item) => add(mul(neg(neg(item)), 1), 0));
    expect(bodyOpsOf(simplify([carry.sum]))).toEqual([['Add']]);
  });

  it('compute equal expressions of a body once', () => {
    const { carry } = sumOf((item) => mul(exp(item), exp(item)));
    expect(bodyOpsOf(commonSubexpressions([carry.sum]))).toEqual([['Exp', 'Mul', 'Add']]);
  });

  it('merge two scans that compute the same, and only these', () => {
    const long = () => constant(tensor([1025], new Float32Array(1025)));
    const through = (c: Value) => sumOf((item) => mul(item, reduceSum(mul(c, reduceSum(item))))).carry.sum;
    const [f, g] = [sumOf((item) => exp(item)), sumOf((item) => exp(item))];
    const values = [f.carry.sum, g.carry.sum];
    const others = [
      sumOf((item) => tanh(item)).carry.sum,
      sumOf((item) => exp(item), true).carry.sum,
      through(long()),
      through(long()),
    ];
    const [a, b, ...rest] = commonSubexpressions([...values, ...others]);
    expect(a).toBe(b);
    expect(new Set([a, ...rest]).size).toBe(5);
  });

  const resultCount = (values: readonly Value[]) =>
    scansOf(values).map(({ attributes: { body } }) => body.results.length);

  it('drop carries, sequences and results that no output needs', () => {
    const two = scan({ carry: { a: zero, b: zero }, sequences: { x, idle: x } }, ({ a, b }, { x: item }) => ({
      carry: { a: add(a, item), b: add(b, mul(a, w)) },
      outputs: { a, b },
    }));
    expect(resultCount([two.carry.a])).toEqual([6]);
    const [a] = pruneScans([two.carry.a]);
    expect(resultCount([a as Value])).toEqual([1]);
    expect(scansOf([a as Value])[0]?.inputs).toEqual([zero, x]);
    expect(resultCount(pruneScans([two.carry.b]))).toEqual([2]);
    expect(resultCount(pruneScans([two.outputs.b]))).toEqual([3]);
    expect(resultsOf(pruneScans([two.carry.a, two.outputs.a]))).toEqual(
      resultsOf([two.carry.a, two.outputs.a]),
    );
  });

  it('drop sums of cotangents that no output needs', () => {
    const [u, v] = [input('u', [2]), input('v', [2])];
    const { carry } = sumOf((item) => mul(mul(item, u), tanh(v)));
    const [du, dv] = gradient(reduceSum(carry.sum), [u, v]) as [Value, Value];
    // The cotangents of the carry and of the requested value.
    expect(resultCount(pruneScans([du])).at(-1)).toBe(2);
    expect(resultCount(pruneScans([du, dv])).at(-1)).toBe(3);
  });

  it('drop the unneeded results of scans inside a body', () => {
    const y = nested(input('x', ['N', 3]), input('u', ['M', 3]), input('w', [3]));
    const inner = (values: readonly Value[]) =>
      scansOf(values).flatMap(({ attributes: { body } }) => resultCount(body.results));
    expect(inner([y])).toEqual([3]);
    expect(inner(pruneScans([y]))).toEqual([2]);
  });
});

describe('print of a scan', () => {
  it('writes the body of a scan below it, under the names of the exported model', () => {
    const y = sumOf((item) => reshape(matMul(reshape(item, [1, 2]), reshape(w, [2, 1])), [1])).carry.sum;
    expect(print(program('sum', [x, w], { y }))).toBe(
      [
        'sum(x [N, 2], w [2])',
        '  Reshape_4 = Reshape(w, {2, 1}) [2, 1]',
        '  Scan_5 = Scan({0, 0}, x, Reshape_4, carries=1, sequences=1, reverse=false)',
        '    body(Scan_5/carry.sum [2], Scan_5/item.x [2], Reshape_4 [2, 1])',
        '      Scan_5/Reshape_3 = Reshape(Scan_5/item.x, {1, 2}) [1, 2]',
        '      Scan_5/MatMul_5 = MatMul(Scan_5/Reshape_3, Reshape_4) [1, 1]',
        '      Scan_5/Reshape_7 = Reshape(Scan_5/MatMul_5, {1}) [1]',
        '      Scan_5/result.0 = Add(Scan_5/carry.sum, Scan_5/Reshape_7) [2]',
        '      return 0 = Scan_5/result.0',
        '  Scan_5.0 = ScanResult(Scan_5, index=0) [2]',
        '  return y = Scan_5.0',
      ].join('\n'),
    );
  });
});
