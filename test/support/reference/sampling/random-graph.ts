import fc from 'fast-check';
import {
  abs,
  add,
  and,
  argMax,
  clip,
  concat,
  cumSum,
  div,
  elu,
  erf,
  exp,
  expandLike,
  gather,
  gelu,
  gemm,
  greater,
  hardSwish,
  input,
  leakyRelu,
  less,
  log,
  logSoftmax,
  matMul,
  maximum,
  minimum,
  mul,
  neg,
  not,
  pad,
  pow,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  reduceSumSquare,
  relu,
  reshape,
  scan,
  sigmoid,
  sign,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  sub,
  swapLast,
  tanh,
  transpose,
  where,
} from '../../../../src/graph/ops/index.ts';
import type { Value } from '../../../../src/graph/value.ts';
import { productOf, type Shape } from '../../../../src/onnx/dim.ts';
import type { NdArray } from '../array.ts';
import { evaluator, type Sizes } from '../evaluate.ts';
import type { Feeds } from '../interpreter.ts';
import { sampleFeeds } from './sample.ts';

/** Numbers that describe a graph: the shapes of inputs, then operators with their operands and an option. */
export interface GraphSpec {
  readonly shapes: readonly number[];
  readonly steps: readonly (readonly [op: number, a: number, b: number, option: number])[];
}

export interface RandomGraph {
  readonly inputs: readonly Value<'Input'>[];
  /** The last value, and an earlier one. */
  readonly outputs: readonly [Value, Value];
  readonly feeds: Feeds;
}

export const RANDOM_SIZES: Sizes = { N: 3, M: 2 };

const shapes: readonly Shape[] = [
  [],
  [3],
  ['N', 3],
  ['N', 1],
  [1, 3],
  [3, 2],
  [2, 'N', 3],
  ['N', 'M'],
  ['M', 1, 1],
];

const range = (x: Value, axis: number, start: number, step: number) => ({
  axis,
  start,
  end: Number(x.shape[axis]),
  step,
});
const alongAxis = (f: (x: Value, axis: number) => Value) => (x: Value, _: Value, option: number) =>
  f(x, option % x.shape.length);
const padsOf = ({ shape }: Value, axis: number) =>
  [...shape, ...shape].map((_, i) => (i % shape.length === axis ? 1 : 0));

/** cₜ = tanh(xₜ ⊙ cₜ₋₁ + b / 2) over the rows x of a: c before plus after each step, or the last c. */
function recur(a: Value, b: Value, option: number): Value {
  const start = mul(reduceSum(a, [0]), 0.1);
  const { carry, outputs } = scan(
    { carry: { c: start }, sequences: { a } },
    ({ c }, { a: x }) => {
      const next = tanh(add(mul(x, c), mul(b, 0.5)));
      return { carry: { c: next }, outputs: { both: add(next, c) } };
    },
    { reverse: option % 2 === 1 },
  );
  return option < 3 ? carry.c : outputs.both;
}

type Domain = (a: Float64Array, b: Float64Array) => boolean;

/** `make` throws a RangeError if the operands do not fit; `domain` is false if they are too near a pole or a kink. */
interface Step {
  readonly make: (a: Value, b: Value, option: number) => Value;
  readonly domain: Domain;
}

const within = (domain: Domain, ...makes: Step['make'][]): readonly Step[] =>
  makes.map((make) => ({ make, domain }));

const steps: readonly Step[] = [
  ...within((_, b) => b.every((x) => Math.abs(x) > 0.2), div),
  ...within((a) => a.every((x) => x > 0.2), log, sqrt),
  ...within(
    (a) => a.every((x) => Math.abs(x) > 0.05),
    sign,
    relu,
    abs,
    hardSwish,
    (a) => leakyRelu(a, 0.25),
    (a) => elu(a),
    (a, b) => where(greater(a, 0), b, mul(a, a)),
  ),
  ...within(
    (a, b) => a.every((x) => b.every((y) => Math.abs(x - y) > 0.05)),
    (a, b) => maximum(a, b),
    (a, b) => minimum(b, a),
  ),
  ...within(
    (a) => a.every((x, i) => a.every((y, j) => i === j || Math.abs(x - y) > 0.05)),
    alongAxis((x, axis) => reduceMax(x, [axis])),
    alongAxis((x, axis) => reduceMin(x, [axis], { keepdims: true })),
    alongAxis((x, axis) => gather(x, argMax(x, axis), axis)),
  ),
  ...within(
    (a) => a.every((x) => Math.abs(Math.abs(x) - 1) > 0.05),
    (a) => clip(a, { min: -1, max: 1 }),
    (a, b) => where(and(less(a, 1), not(less(a, -1))), a, b),
  ),
  ...within(
    () => true,
    add,
    sub,
    mul,
    (a) => mul(a, a),
    (a) => mul(a, 0.5),
    neg,
    exp,
    sigmoid,
    tanh,
    erf,
    sin,
    softplus,
    (a) => gelu(a),
    (a) => pow(a, 3),
    alongAxis((x, axis) => cumSum(x, axis)),
    alongAxis((x, axis) => reduceSumSquare(x, [axis])),
    alongAxis((x, axis) => reduceLogSumExp(x, [axis])),
    alongAxis((x, axis) => gather(x, [Number(x.shape[axis]) - 1, 0, 0], axis)),
    alongAxis((x, axis) => pad(x, padsOf(x, axis), { mode: 'reflect' })),
    alongAxis((x, axis) => reduceSum(x, [axis])),
    alongAxis((x, axis) => reduceSum(x, [axis], { keepdims: true })),
    alongAxis((x, axis) => reduceMean(x, [axis])),
    (a) => reduceMean(a),
    alongAxis(softmax),
    alongAxis(logSoftmax),
    (a) => reshape(a, [productOf(a.shape)]),
    (a, _, option) => reshape(a, a.shape.toSpliced(option % (a.shape.length + 1), 0, 1)),
    (a) =>
      transpose(
        a,
        a.shape.map((_, i) => a.shape.length - 1 - i),
      ),
    expandLike,
    alongAxis((x, axis) => slice(x, [range(x, axis, 0, 2)])),
    alongAxis((x, axis) => slice(x, [range(x, axis, 1, 1)])),
    alongAxis((x, axis) => pad(x, padsOf(x, axis))),
    (a, b, option) => concat([a, b], option % a.shape.length),
    matMul,
    (a, b) => matMul(a, swapLast(b)),
    (a, b, option) => gemm(a, b, { transA: option % 2 === 0, transB: option % 3 === 0 }),
    recur,
    recur,
  ),
];

export const graphSpec: fc.Arbitrary<GraphSpec> = fc.record({
  shapes: fc.array(fc.nat(shapes.length - 1), { minLength: 2, maxLength: 3 }),
  steps: fc.array(fc.tuple(fc.nat(steps.length - 1), fc.nat(1), fc.nat(7), fc.nat(5)), {
    minLength: 1,
    maxLength: 12,
    size: 'max',
  }),
});

/** Limits: beyond them float32 and finite differences are too inexact, and tests too slow. */
const LARGEST = 30;
const MOST_ELEMENTS = 120;
const HIGHEST_RANK = 4;

/** The graph that a spec describes, with feeds that keep every value of moderate size. */
export function buildGraph(spec: GraphSpec): RandomGraph {
  const inputs = spec.shapes.map((i, at) => input(`x${at}`, shapes[i] ?? []));
  const feeds = sampleFeeds(inputs, { sizes: RANDOM_SIZES });
  const pool: Value[] = [];
  // Each value is computed once, from the results of those before it.
  const results = new Map<Value, NdArray>();
  const dataOf = (value: Value) => results.get(value)?.data ?? new Float64Array();
  const compute = (value: Value) => evaluator([value], RANDOM_SIZES, results)(feeds)[0] as NdArray;
  const keep = (value: Value, result: NdArray) => {
    pool.push(value);
    results.set(value, result);
  };
  for (const each of inputs) keep(each, compute(each));
  for (const [op, first, second, option] of spec.steps) {
    const a = recent(pool, first);
    // Few pairs of shapes fit, so take the first in the pool that does, starting at `second`.
    const made = pool
      .map((_, i) => recent(pool, second + i))
      .filter((b) => steps[op]?.domain(dataOf(a), dataOf(b)))
      .map((b) => attempt(() => steps[op]?.make(a, b, option)))
      .find((each) => each !== undefined);
    if (!made || made.shape.length > HIGHEST_RANK) continue;
    const result = compute(made);
    if (result.data.length <= MOST_ELEMENTS && result.data.every((x) => Math.abs(x) < LARGEST))
      keep(made, result);
  }
  return { inputs, outputs: [recent(pool, 0), recent(pool, 1)], feeds };
}

/** Counted from the latest value, so that chains grow deep. */
function recent(pool: readonly Value[], back: number): Value {
  return pool.at(-1 - (back % pool.length)) as Value;
}

function attempt(make: () => Value | undefined): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
