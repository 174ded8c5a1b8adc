import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  constant,
  div,
  exp,
  expandLike,
  identity,
  input,
  ints,
  matMul,
  mul,
  neg,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  shapeOf,
  stopGradient,
  sub,
  tanh,
  transpose,
} from '../../src/graph/ops/index.ts';
import { columnSums } from '../../src/graph/passes/column-sums.ts';
import { commonSubexpressions } from '../../src/graph/passes/common-subexpressions.ts';
import { shapesOfInputs } from '../../src/graph/passes/input-shapes.ts';
import { lower } from '../../src/graph/passes/lower.ts';
import { products } from '../../src/graph/passes/products.ts';
import { simplify } from '../../src/graph/passes/simplify.ts';
import { rewrite } from '../../src/graph/rewriting/rewrite.ts';
import { topologicalOrder, type Value } from '../../src/graph/value.ts';
import { tensor } from '../../src/tensor.ts';
import { expectClose } from '../support/close.ts';
import { evaluate, evaluateAll } from '../support/reference/evaluate.ts';
import {
  buildGraph,
  type GraphSpec,
  graphSpec,
  RANDOM_SIZES,
} from '../support/reference/sampling/random-graph.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const SEED = 20_260_823;
const x = input('x', [2, 3]);
const n = input('n', ['N', 'M']);
const opsOf = (values: readonly Value[]) => topologicalOrder(values).map(({ op }) => op);
const count = (values: readonly Value[]) => topologicalOrder(values).length;

const passes = { lower, simplify, columnSums, shapesOfInputs, commonSubexpressions, products };

/** The graph of a spec, its gradients, and what they compute. All passes are given the same graphs, so each is made once. */
const made = new Map<string, ReturnType<typeof makeGraph>>();
function graphOf(spec: GraphSpec) {
  const key = JSON.stringify(spec);
  const graph = made.get(key) ?? makeGraph(spec);
  made.set(key, graph);
  return graph;
}

function makeGraph(spec: GraphSpec) {
  const { outputs, inputs, feeds } = buildGraph(spec);
  const loss = outputs.map((y) => reduceSum(mul(y, stopGradient(tanh(y))))).reduce(add);
  const values = [...outputs, loss, ...gradient(loss, inputs)];
  return { values, feeds, results: evaluateAll(values, feeds, RANDOM_SIZES) };
}

describe.each(Object.entries(passes))('%s', (_, pass) => {
  it(`does not change what random graphs and their gradients compute (seed ${SEED})`, () => {
    fc.assert(
      fc.property(graphSpec, (spec) => {
        const { values, feeds, results } = graphOf(spec);
        const after = evaluate(pass(values), feeds, RANDOM_SIZES);
        values.forEach((value, i) => {
          expectClose(after[i], results.get(value), 1e-12, `output ${i}`);
        });
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('does not change the graph a second time', () => {
    const y = mul(exp(x), expandLike(scalar(2), x));
    const once = pass([y, reduceSum(tanh(y))]);
    expect(count(pass(once))).toBe(count(once));
  });
});

describe('commonSubexpressions', () => {
  it('computes equal expressions once', () => {
    const twice = add(exp(mul(n, 2)), exp(mul(n, 2)));
    const [y] = commonSubexpressions([twice]);
    expect(opsOf([y as Value])).toEqual(['Input', 'Constant', 'Mul', 'Exp', 'Add']);
    expect(y?.inputs[0]).toBe(y?.inputs[1]);
  });

  it('merges inputs of the same name and shape', () => {
    const [y] = commonSubexpressions([add(input('x', [2]), input('x', [2]))]);
    expect(y?.inputs[0]).toBe(y?.inputs[1]);
  });

  it('merges equal outputs', () => {
    const [a, b] = commonSubexpressions([exp(n), exp(n)]);
    expect(a).toBe(b);
  });

  it('merges equal indices of any length, and no others', () => {
    const [first, again, other] = commonSubexpressions(
      [7, 7, 8].map((last) => identity(ints([...Array(5000).keys(), last]))),
    );
    expect(first).toBe(again);
    expect(first).not.toBe(other);
  });

  const weight = () => tensor([2], [1, 2]);
  it.each([
    ['another operator', exp(x), tanh(x)],
    ['another operand', exp(x), exp(input('y', [2, 3]))],
    ['swapped operands', sub(x, mul(x, x)), sub(mul(x, x), x)],
    ['another attribute', reduceSum(x, [0], { keepdims: true }), reduceSum(x, [0])],
    ['another number', mul(x, 2), mul(x, 3)],
    ['another shape', constant(tensor([1, 2], [0, 0])), constant(tensor([2, 1], [0, 0]))],
    ['an input of another shape', input('a', [2]), input('a', [3])],
    ['an input of another type', input('a', [2]), input('a', [2], 'int64')],
    ['another sign of zero', div(x, 0), div(x, -0)],
    ['another type of number', scalar(1), ints([1])],
    ['weights of different names', constant(weight(), 'a'), constant(weight(), 'b')],
    [
      'long constants',
      ...([0, 0].map(() => constant(tensor([1025], new Float32Array(1025)))) as [Value, Value]),
    ],
  ])('keeps %s apart', (_, a, b) => {
    const [first, second] = commonSubexpressions([identity(a), identity(b)]);
    expect(first).not.toBe(second);
    expect(first?.inputs[0]).not.toBe(second?.inputs[0]);
  });
});

describe('rewrite', () => {
  it('returns the same graph if nothing changes', () => {
    const outputs = [add(exp(x), 1), neg(x)];
    rewrite(outputs, (value) => value).forEach((each, i) => {
      expect(each).toBe(outputs[i]);
    });
  });
});

describe('columnSums', () => {
  const shapes = [
    ['N', 4],
    ['N', 3, 3, 4],
    [2, 3, 3, 4],
    ['N', 'M', 4],
    ['N', 3, 'M'],
  ];
  const kinds = { reduceSum, reduceMean };
  const cases = shapes.flatMap((shape) =>
    Object.entries(kinds).flatMap(([name, reduce]) =>
      [false, true].map(
        (keepdims) => [`${name} of [${shape}], keepdims ${keepdims}`, shape, reduce, keepdims] as const,
      ),
    ),
  );
  it.each(cases)('%s is a product, unless it is the mean of a matrix', (_, shape, reduce, keepdims) => {
    const [rows, axes] = [input('rows', shape), shape.slice(1).map((_, axis) => axis)];
    const reduced = reduce(rows, axes, { keepdims });
    const written = columnSums([reduced]);
    const ops = opsOf(written);
    const stays = reduce === reduceMean && shape.length === 2;
    expect(ops.includes('Gemm')).toBe(!stays);
    expect(ops.some((op) => op.startsWith('Reduce'))).toBe(stays);
    expect(written[0]?.shape).toEqual(reduced.shape);
    const sizes = { N: 3, M: 2 };
    const feeds = sampleFeeds([rows], { sizes });
    const [before, after] = [[reduced], written].map((each) => evaluate(each, feeds, sizes)[0]);
    expectClose(after, before, 1e-12);
  });

  it.each([[[0, 2]], [[1, 2]], [[0]], [[0, 1, 2, 3]]])('leaves a sum over axes %j of four', (axes) => {
    expect(opsOf(columnSums([reduceSum(input('rows', ['N', 3, 3, 4]), axes)]))).toContain('ReduceSum');
  });
});

describe('products', () => {
  const [a, b, c] = [input('a', ['N', 2]), input('b', ['N', 3]), input('c', [2, 3])];
  const update = add(c, matMul(transpose(a, [1, 0]), b));

  it('fuses a transposed operand and an addend', () => {
    expect(opsOf(products([update]))).toEqual(['Input', 'Input', 'Input', 'Gemm']);
  });

  it('fuses a vector that a reshape transposes', () => {
    const [column, row] = [input('column', ['N', 1]), input('row', [3, 1])];
    const outer = products([matMul(column, reshape(row, [1, 3]))]);
    expect(outer.map(({ op, inputs }) => [op, inputs])).toEqual([['Gemm', [column, row]]]);
    const feeds = sampleFeeds([column, row], { sizes: { N: 2 } });
    const [before, after] = [matMul(column, reshape(row, [1, 3])), outer[0] as Value].map(
      (each) => evaluate([each], feeds, { N: 2 })[0],
    );
    expectClose(after, before, 1e-12);
  });

  it('fuses a transposed left operand and an addend', () => {
    const [column, matrix] = [input('column', ['N', 1]), input('matrix', ['N', 3])];
    const turned = reshape(column, [1, 'N']);
    const outer = products([add(matMul(turned, matrix), input('added', [3])), turned]);
    expect(outer[0]?.op).toBe('Gemm');
    expect(outer[0]?.attributes).toEqual({ transA: 1, transB: 0 });
    expect(outer[0]?.inputs.slice(0, 2)).toEqual([column, matrix]);
    expect(outer[1]).toBe(turned);
  });

  it('does not fuse a reshape that is not a transpose', () => {
    const flat = reshape(input('flat', [3, 2]), [2, 3]);
    expect(opsOf(products([matMul(flat, transpose(c, [1, 0]))]))).toContain('Reshape');
  });

  it('does not fuse a product that has other users', () => {
    const product = matMul(a, c);
    const ops = opsOf(products([add(product, b), exp(product)]));
    expect(ops.filter((op) => op === 'MatMul' || op === 'Gemm')).toEqual(['MatMul']);
  });

  it('does not fuse an addition that broadcasts the product', () => {
    const wide = add(matMul(c, input('d', [3, 1])), c);
    expect(opsOf(products([wide]))).toContain('Add');
  });
});

describe('shapesOfInputs', () => {
  it('reads a dimension from the input that has it', () => {
    const [rows] = shapesOfInputs([shapeOf(transpose(exp(n), [1, 0]), 1, 2)]);
    expect(rows?.inputs).toEqual([n]);
    expect(rows?.attributes).toEqual({ start: 0, end: 1 });
  });
});
