import {
  add,
  concat,
  conv,
  convTranspose,
  convWeightGradient,
  div,
  exp,
  expandLike,
  gather,
  gemm,
  identity,
  log,
  logSoftmax,
  matMul,
  mul,
  neg,
  pad,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  sigmoid,
  sign,
  slice,
  softmax,
  sqrt,
  sub,
  tanh,
  transpose,
} from '../../src/graph/ops/index.ts';
import type { OpType, Value } from '../../src/graph/value.ts';
import { type Dim, productOf, type Shape } from '../../src/onnx/dim.ts';
import type { Sizes } from '../support/reference/evaluate.ts';
import { lastOf, lstm, nested, rows, running } from './recurrences.ts';

/** Operators whose gradient central differences can judge. */
export type Differentiable = Exclude<
  OpType,
  'Input' | 'Constant' | 'StopGradient' | 'Shape' | 'Cast' | 'HardSigmoid' | 'Equal' | 'ArgMin'
>;

export interface Case {
  /** Shapes of the inputs; symbols have the sizes of `SIZES`. */
  readonly shapes: readonly Shape[];
  readonly build: (a: Value, b: Value, c: Value) => Value;
  /** Inputs are positive. */
  readonly positive?: boolean;
}

export const SIZES: Sizes = { N: 3, M: 2 };

const dim = (x: Value, axis: number): Dim => x.shape[axis] ?? 1;

const unary = (op: (x: Value) => Value, positive = false): readonly Case[] => [
  { shapes: [[]], build: op, positive },
  { shapes: [['N', 2]], build: op, positive },
];

const binary = (op: (a: Value, b: Value) => Value): readonly Case[] =>
  (
    [
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3], []],
      [[3], [2, 3]],
      [
        [2, 1, 3],
        [2, 1],
      ],
      [
        ['N', 2],
        ['N', 1],
      ],
      [
        [1, 'N', 'M'],
        [3, 1, 1],
      ],
      [
        ['N', 'M'],
        [2, 2, 'N', 'M'],
      ],
    ] as const
  ).map((shapes) => ({ shapes, build: op }));

/** Reductions: over all, some, the last and the first of axes, dropped and kept. */
const reduction = (op: typeof reduceSum): readonly Case[] => [
  { shapes: [[2, 3]], build: (x) => op(x) },
  { shapes: [['N', 2, 'M']], build: (x) => op(x) },
  { shapes: [[2, 3, 2]], build: (x) => op(x, [0, 2]) },
  { shapes: [['N', 2]], build: (x) => op(x, [-1], { keepdims: true }) },
  { shapes: [['N', 3]], build: (x) => op(x, [0], { keepdims: true }) },
  { shapes: [[3, 'N', 'M']], build: (x) => op(x, [0]) },
  { shapes: [['N', 'M']], build: (x) => op(x, [1]) },
];

const alongAnAxis = (op: (x: Value, axis: number) => Value): readonly Case[] => [
  { shapes: [['N', 3]], build: (x) => op(x, -1) },
  { shapes: [['N', 3]], build: (x) => op(x, 0) },
  { shapes: [[2, 3, 2]], build: (x) => op(x, 1) },
  { shapes: [['N', 'M']], build: (x) => op(x, 1) },
];

/** Every geometry that convolutions are differentiated in: input, filters, options. */
const geometries = [
  { x: [1, 2, 4, 5], w: [3, 2, 3, 2] },
  { x: [2, 1, 4, 4], w: [2, 1, 1, 1], strides: [2, 2] },
  { x: ['N', 2, 5, 4], w: [2, 2, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { x: [1, 1, 4, 5], w: [2, 1, 2, 3], pads: [1, 0, 2, 1] },
  { x: [1, 2, 5, 4], w: [1, 2, 2, 2], dilations: [3, 2] },
  { x: ['N', 4, 3, 3], w: [4, 2, 2, 2], group: 2 },
  { x: [1, 3, 3, 3], w: [3, 1, 2, 2], group: 3 },
  // So many channels that the weight gradient is a product per tap.
  { x: [2, 16, 2, 2], w: [1, 16, 2, 2], pads: [1, 0, 0, 1], strides: [2, 1] },
  // Rows and columns that no tap reads: the transpose needs an output padding.
  { x: [1, 1, 6, 7], w: [1, 1, 2, 2], strides: [3, 4] },
  { x: ['N', 2, 5, 6], w: [4, 1, 2, 3], strides: [2, 3], pads: [1, 2, 0, 1], dilations: [2, 1], group: 2 },
] as const;

const convolution: readonly Case[] = geometries.flatMap(({ x, w, ...options }): Case[] => [
  { shapes: [x, w], build: (a, b) => conv(a, b, undefined, options) },
  { shapes: [x, w, [w[0]]], build: (a, b, bias) => conv(a, b, bias, options) },
]);

/** The same geometries, the convolution's input and output trading places. */
const adjoints = (
  op: (x: Value, w: Value, y: Value, options: Parameters<typeof conv>[3]) => Value,
): readonly Case[] =>
  geometries.map(({ x, w, ...options }) => ({
    shapes: [x, w],
    build: (a, b) => op(a, b, conv(a, b, undefined, options), options),
  }));

const recurrence: readonly Case[] = [
  { shapes: [['N', 2], [2], []], build: lastOf },
  { shapes: [[1, 2], [2], [2]], build: lastOf },
  { shapes: [['N', 2], ['N'], []], build: running },
  {
    shapes: [
      ['N', 2],
      [2, 8],
      [2, 8],
    ],
    build: (x, inward, across) => lstm(x, inward, across),
  },
  {
    shapes: [
      [3, 1],
      [1, 8],
      [2, 8],
    ],
    build: (x, inward, across) => lstm(x, inward, across, true),
  },
  {
    shapes: [
      ['N', 2],
      [2, 3],
    ],
    build: rows,
  },
  { shapes: [['N', 3], ['M', 3], [3]], build: nested },
];

export const cases: Record<Differentiable, readonly Case[]> = {
  Identity: unary(identity),
  Add: binary(add),
  Sub: binary(sub),
  Mul: [...binary(mul), { shapes: [[2, 2]], build: (x) => mul(mul(x, x), x) }],
  Div: [...binary(div), { shapes: [['N']], build: (x) => div(3, x) }],
  Neg: unary(neg),
  Exp: unary(exp),
  Log: unary(log, true),
  Sqrt: unary(sqrt, true),
  Sign: unary(sign),
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Tanh: unary(tanh),
  ReduceSum: reduction(reduceSum),
  ReduceMean: reduction(reduceMean),
  Softmax: alongAnAxis(softmax),
  LogSoftmax: alongAnAxis(logSoftmax),
  Reshape: [
    { shapes: [[2, 6]], build: (x) => reshape(x, [3, 4]) },
    { shapes: [[1, 1]], build: (x) => reshape(x, []) },
    { shapes: [['N', 2, 3]], build: (x) => reshape(x, [dim(x, 0), 6]) },
    { shapes: [['N', 4]], build: (x) => reshape(x, [productOf([2, dim(x, 0)]), 2]) },
    { shapes: [['N', 'M']], build: (x) => reshape(x, [1, dim(x, 0), 1, dim(x, 1)]) },
    { shapes: [['N', 2, 'M']], build: (x) => reshape(x, [2, dim(x, 2), dim(x, 0)]) },
    { shapes: [['N', 'M']], build: (x) => reshape(x, [productOf(x.shape)]) },
  ],
  Transpose: [
    { shapes: [['N', 2]], build: (x) => transpose(x, [1, 0]) },
    { shapes: [[2, 3, 2, 2]], build: (x) => transpose(x, [2, 0, 3, 1]) },
  ],
  Expand: [
    {
      shapes: [
        [1, 3],
        [2, 3],
      ],
      build: (x, like) => expandLike(x, like),
    },
    { shapes: [[], ['N', 2]], build: (x, like) => expandLike(x, like) },
    {
      shapes: [
        [2, 1],
        [3, 2, 2],
      ],
      build: (x, like) => expandLike(x, like),
    },
    {
      shapes: [
        [1, 'N', 'M'],
        [3, 'N', 'M'],
      ],
      build: (x, like) => expandLike(x, like),
    },
  ],
  Slice: [
    { shapes: [['N', 5]], build: (x) => slice(x, [{ axis: 1, start: 1, end: 4 }]) },
    { shapes: [['N', 7]], build: (x) => slice(x, [{ axis: 1, start: 1, end: 7, step: 3 }]) },
    { shapes: [['N', 7]], build: (x) => slice(x, [{ axis: 1, start: 0, end: 6, step: 3 }]) },
    { shapes: [[5]], build: (x) => slice(x, [{ axis: 0, start: 4, end: 5, step: 9 }]) },
    {
      shapes: [[4, 2, 5]],
      build: (x) =>
        slice(x, [
          { axis: 2, start: 1, end: 5, step: 2 },
          { axis: 0, start: 0, end: 4, step: 3 },
        ]),
    },
    { shapes: [[4, 'N', 'M']], build: (x) => slice(x, [{ axis: 0, start: 1, end: 4, step: 2 }]) },
  ],
  Pad: [
    { shapes: [[2, 3]], build: (x) => pad(x, [1, 0, 0, 2]) },
    { shapes: [['N', 2]], build: (x) => pad(x, [0, 1, 0, 3]) },
  ],
  Gather: [
    { shapes: [['N', 4, 2]], build: (x) => gather(x, [3, 0, 3], 1) },
    { shapes: [[3]], build: (x) => gather(x, [2, 2, 0, 1], 0) },
    { shapes: [['N', 'M', 2]], build: (x) => gather(x, [1], -1) },
  ],
  Concat: [
    {
      shapes: [
        [2, 1],
        [2, 3],
        [2, 2],
      ],
      build: (a, b, c) => concat([a, b, c], 1),
    },
    {
      shapes: [
        ['N', 2],
        ['N', 1],
      ],
      build: (a, b) => concat([a, b, a], -1),
    },
  ],
  MatMul: [
    {
      shapes: [
        [2, 3],
        [3, 2],
      ],
      build: matMul,
    },
    {
      shapes: [
        ['N', 2],
        [2, 'M'],
      ],
      build: matMul,
    },
    {
      shapes: [
        [2, 'N'],
        ['N', 2],
      ],
      build: matMul,
    },
    {
      shapes: [
        [2, 1, 2, 3],
        [3, 3, 1],
      ],
      build: matMul,
    },
    {
      shapes: [
        [2, 3],
        [2, 3, 2],
      ],
      build: matMul,
    },
    {
      shapes: [
        ['N', 1, 2],
        [2, 2],
      ],
      build: matMul,
    },
  ],
  Gemm: [
    {
      shapes: [
        [2, 3],
        [3, 2],
      ],
      build: (a, b) => gemm(a, b),
    },
    {
      shapes: [
        ['N', 2],
        ['N', 3],
      ],
      build: (a, b) => gemm(a, b, { transA: true }),
    },
    {
      shapes: [
        ['N', 2],
        ['M', 2],
      ],
      build: (a, b) => gemm(a, b, { transB: true }),
    },
    {
      shapes: [
        [3, 2],
        [4, 3],
      ],
      build: (a, b) => gemm(a, b, { transA: true, transB: true }),
    },
    { shapes: [['N', 2], [2, 3], [3]], build: (a, b, c) => gemm(a, b, { plus: c }) },
    {
      shapes: [
        ['N', 2],
        ['N', 'M'],
        [2, 1],
      ],
      build: (a, b, c) => gemm(a, b, { transA: true, plus: c }),
    },
    { shapes: [[2, 3], [2, 3], []], build: (a, b, c) => gemm(a, b, { transB: true, plus: c }) },
  ],
  Conv: convolution,
  ConvTranspose: adjoints((x, w, y, options) => convTranspose(y, w, x.shape.slice(2).map(Number), options)),
  ConvWeightGradient: adjoints((x, w, y, options) =>
    convWeightGradient(x, y, w.shape.slice(2).map(Number), options),
  ),
  Scan: recurrence,
  ScanResult: recurrence.slice(0, 1),
};
