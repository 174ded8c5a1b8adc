import {
  add,
  concat,
  convTranspose,
  convWeightGradient,
  div,
  exp,
  expandLike,
  gelu,
  gemm,
  identity,
  log,
  logSoftmax,
  matMul,
  mul,
  neg,
  reduceProd,
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
} from '../../../src/graph/ops/index.ts';
import { productOf } from '../../../src/onnx/dim.ts';
import { alongAnAxis, binary, type Case, type Differentiable, dim, unary } from './case.ts';
import { elementwiseCases } from './elementwise-cases.ts';
import { adjoints, average, convolution, maximum, recurrence } from './layer-cases.ts';
import { normalisationCases } from './normalisation-cases.ts';
import { indexCases, reductionCases } from './reduction-cases.ts';

export const cases: Record<Differentiable, readonly Case[]> = {
  ...elementwiseCases,
  ...normalisationCases,
  ...reductionCases,
  ...indexCases,
  Identity: unary(identity),
  Add: binary(add),
  Sub: binary(sub),
  Mul: [
    ...binary(mul),
    { shapes: [[2, 3, 2]], build: (x) => reduceProd(x, [1]) },
    { shapes: [['N', 5]], build: (x) => mul(x, reduceProd(x, [-1], { keepdims: true })) },
    { shapes: [[2, 2]], build: (x) => mul(mul(x, x), x) },
  ],
  Div: [...binary(div), { shapes: [['N']], build: (x) => div(3, x) }],
  Neg: unary(neg),
  Exp: unary(exp),
  Log: unary(log, true),
  Sqrt: unary(sqrt, true),
  Sign: unary(sign),
  Relu: unary(relu),
  Sigmoid: [...unary(sigmoid), ...unary((x) => gelu(x, 'tanh'))],
  Tanh: unary(tanh),
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
  MaxPool: maximum,
  AveragePool: average,
  Scan: recurrence,
  ScanResult: recurrence.slice(0, 1),
};
