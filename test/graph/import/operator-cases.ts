import { type Given, list, type NodeCase, one } from './foreign-node.ts';

const f = (float: number) => ({ float });
export const bools = (...numbers: readonly number[]): Given => ({
  shape: [numbers.length],
  numbers,
  type: 'bool',
});
export const vector = (...numbers: readonly number[]): Given => ({ shape: [numbers.length], numbers });

const unary = (op: string, positive = false): NodeCase => ({ op, operands: [[2, 3]], positive });
const binary = (op: string, positive = false): NodeCase => ({
  op,
  operands: [
    [2, 1, 3],
    [4, 1],
  ],
  positive,
});

/** Cases of operators by family. Their operands are computed values or constants. */
export const elementwise: readonly NodeCase[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Sum', 'Mean'].map((op) => binary(op)),
  ...['Neg', 'Abs', 'Exp', 'Relu', 'Sigmoid', 'Tanh', 'Softplus', 'Softsign', 'Erf', 'Sign', 'Floor'].map(
    (op) => unary(op),
  ),
  ...['Ceil', 'Round', 'Sin', 'Cos', 'HardSwish', 'Mish', 'Identity'].map((op) => unary(op)),
  ...['Log', 'Sqrt', 'Reciprocal'].map((op) => unary(op, true)),
  { op: 'Sum', operands: [[2, 3], [3], [2, 1]] },
  ...[2, 3, 0.5, -1, -0.5, 1.7, 1, 0].map(
    (p): NodeCase => ({ op: 'Pow', operands: [[2, 3], one(p)], positive: true }),
  ),
  { op: 'Pow', operands: [[2, 3], [3]], positive: true },
  { op: 'Clip', operands: [[3, 4], one(-1), one(1)] },
  { op: 'Clip', operands: [[3, 4], null, one(1)] },
  { op: 'Clip', operands: [[3, 4]], attributes: { min: f(-0.5), max: f(0.5) }, opset: 7 },
  { op: 'LeakyRelu', operands: [[2, 3]], attributes: { alpha: f(0.2) } },
  {
    op: 'PRelu',
    operands: [
      [2, 3, 2],
      [3, 1],
    ],
  },
  { op: 'Elu', operands: [[2, 3]], attributes: { alpha: f(0.7) } },
  { op: 'Celu', operands: [[2, 3]], attributes: { alpha: f(0.7) } },
  { op: 'Selu', operands: [[2, 3]] },
  { op: 'HardSigmoid', operands: [[2, 3]], attributes: { alpha: f(0.3), beta: f(0.4) } },
  { op: 'Gelu', operands: [[2, 3]], opset: 20 },
  { op: 'Gelu', operands: [[2, 3]], attributes: { approximate: 'tanh' }, opset: 20 },
  { op: 'Where', operands: [{ shape: [2, 1], numbers: [1, 0], type: 'bool' }, [2, 3], [3]] },
  { op: 'Dropout', operands: [[2, 3]], opset: 13 },
];

export const reductions: readonly NodeCase[] = [
  ...['ReduceSum', 'ReduceMean', 'ReduceSumSquare', 'ReduceL1', 'ReduceL2', 'ReduceLogSumExp'].flatMap(
    (op): readonly NodeCase[] => [
      { op, operands: [[2, 3, 4], list(1)], attributes: { keepdims: 1 } },
      { op, operands: [[2, 3, 4], list(0, -1)], attributes: { keepdims: 0 } },
      { op, operands: [[2, 3]] },
      ...(op === 'ReduceSum' ? [] : [{ op, operands: [[2, 3, 4]], attributes: { axes: [2] }, opset: 11 }]),
    ],
  ),
  { op: 'ReduceLogSum', operands: [[2, 3], list(1)], positive: true },
  { op: 'Softmax', operands: [[2, 3, 4]], attributes: { axis: 1 } },
  { op: 'Softmax', operands: [[2, 3, 4]], attributes: { axis: 1 }, opset: 11 },
  { op: 'LogSoftmax', operands: [[2, 3, 4]] },
  { op: 'GlobalAveragePool', operands: [[1, 3, 4, 5]] },
  { op: 'GlobalMaxPool', operands: [[1, 3, 4, 5]] },
];

/** Pads that cut. */
export const CUTTING = list(0, -1, 1, 0);

export const movements: readonly NodeCase[] = [
  { op: 'Reshape', operands: [[2, 3, 4], list(0, -1)] },
  { op: 'Flatten', operands: [[2, 3, 4]], attributes: { axis: 2 } },
  { op: 'Flatten', operands: [[2, 3, 4]], attributes: { axis: 0 } },
  { op: 'Squeeze', operands: [[1, 3, 1]] },
  { op: 'Squeeze', operands: [[1, 3, 1], list(-1)] },
  { op: 'Squeeze', operands: [[1, 3, 1]], attributes: { axes: [0] }, opset: 11 },
  { op: 'Unsqueeze', operands: [[3, 2], list(0, -1)] },
  { op: 'Transpose', operands: [[2, 3, 4]] },
  { op: 'Transpose', operands: [[2, 3, 4]], attributes: { perm: [1, 0, 2] } },
  { op: 'Expand', operands: [[3, 1], list(2, 1, 4)] },
  { op: 'Tile', operands: [[2, 3], list(2, 3)] },
  { op: 'Slice', operands: [[4, 5], list(1), list(-1), list(1)] },
  { op: 'Slice', operands: [[4, 5], list(0, 4), list(2 ** 40, 0), list(0, 1), list(2, -2)] },
  { op: 'Slice', operands: [[4, 5], list(-1), list(-(2 ** 40)), list(0), list(-1)] },
  { op: 'Slice', operands: [[4, 5]], attributes: { starts: [1], ends: [3], axes: [0] }, opset: 9 },
  { op: 'Gather', operands: [[4, 5], list(3, 0, -1)], attributes: { axis: 1 } },
  { op: 'Gather', operands: [[4, 5], { shape: [], numbers: [2], type: 'int64' }] },
  { op: 'Gather', operands: [[4, 5], { shape: [2, 2], numbers: [1, 0, 3, 2], type: 'int64' }] },
  { op: 'Gather', operands: [[4, 5], list(1, 2, 3)] },
  {
    op: 'Concat',
    operands: [
      [2, 3],
      [2, 1],
    ],
    attributes: { axis: -1 },
  },
  { op: 'Split', operands: [[2, 6], list(1, 5)], attributes: { axis: 1 }, outputs: 2 },
  { op: 'Split', operands: [[2, 6]], attributes: { axis: 1 }, outputs: 3, opset: 13 },
  { op: 'Split', operands: [[5, 2]], attributes: { axis: 0, num_outputs: 2 }, outputs: 2 },
  { op: 'Pad', operands: [[2, 3], list(0, 1, 0, 2)] },
  { op: 'Pad', operands: [[2, 3], CUTTING] },
  { op: 'DepthToSpace', operands: [[1, 8, 2, 3]], attributes: { blocksize: 2 } },
  { op: 'DepthToSpace', operands: [[1, 8, 2, 3]], attributes: { blocksize: 2, mode: 'CRD' } },
  { op: 'SpaceToDepth', operands: [[1, 2, 4, 6]], attributes: { blocksize: 2 } },
];

export const linear: readonly NodeCase[] = [
  {
    op: 'MatMul',
    operands: [
      [2, 3],
      [3, 4],
    ],
  },
  {
    op: 'MatMul',
    operands: [
      [5, 2, 3],
      [3, 4],
    ],
  },
  { op: 'MatMul', operands: [[3], [2, 3, 4]] },
  { op: 'MatMul', operands: [[2, 3], [3]] },
  { op: 'Gemm', operands: [[2, 3], [3, 4], [4]] },
  {
    op: 'Gemm',
    operands: [[3, 2], { shape: [2, 3], numbers: [1, 2, 3, 4, 5, 6] }, [2]],
    attributes: { transA: 1, transB: 1, alpha: f(0.5), beta: f(2) },
  },
  {
    op: 'Gemm',
    operands: [
      [3, 2],
      [4, 3],
    ],
    attributes: { transA: 1, transB: 1, alpha: f(0.5) },
  },
  {
    op: 'Conv',
    operands: [[1, 2, 5, 5], [3, 2, 3, 3], [3]],
    attributes: { pads: [1, 0, 1, 2], strides: [2, 1] },
  },
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map(
    (auto_pad): NodeCase => ({
      op: 'Conv',
      operands: [
        [1, 2, 5, 6],
        [3, 2, 2, 3],
      ],
      attributes: { auto_pad, strides: [2, 2] },
    }),
  ),
  {
    op: 'Conv',
    operands: [
      [1, 4, 5, 5],
      [4, 1, 3, 3],
    ],
    attributes: { group: 4, dilations: [2, 1] },
  },
  { op: 'Conv', operands: [[1, 2, 9], [3, 2, 3], [3]], attributes: { pads: [1, 0], strides: [2] } },
  {
    op: 'ConvTranspose',
    operands: [[1, 2, 4, 4], [2, 3, 3, 3], [3]],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
  },
  {
    op: 'ConvTranspose',
    operands: [
      [1, 2, 4],
      [2, 3, 3],
    ],
    attributes: { strides: [2] },
  },
  {
    op: 'MaxPool',
    operands: [[1, 2, 6, 6]],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
  },
  { op: 'MaxPool', operands: [[1, 2, 7]], attributes: { kernel_shape: [3], strides: [2], pads: [1, 1] } },
  {
    op: 'AveragePool',
    operands: [[1, 2, 6, 6]],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 },
  },
  {
    op: 'AveragePool',
    operands: [[1, 2, 5, 5]],
    attributes: { kernel_shape: [2, 2], auto_pad: 'SAME_UPPER' },
  },
];

export const normalisations: readonly NodeCase[] = [
  {
    op: 'BatchNormalization',
    operands: [[1, 3, 2, 2], vector(1, -2, 0.5), vector(0, 1, 2), vector(0.1, 0, -1), vector(1, 0.5, 2)],
    attributes: { epsilon: f(0.01) },
    opset: 15,
  },
  { op: 'InstanceNormalization', operands: [[1, 3, 2, 4], [3], [3]] },
  { op: 'LayerNormalization', operands: [[2, 3, 4], [4], [4]] },
  {
    op: 'LayerNormalization',
    operands: [
      [2, 3, 4],
      [3, 4],
    ],
    attributes: { axis: 1, epsilon: f(0.1) },
  },
  { op: 'GroupNormalization', operands: [[1, 4, 2, 2], [4], [4]], attributes: { num_groups: 2 }, opset: 21 },
  { op: 'LRN', operands: [[1, 6, 2, 2]], attributes: { size: 5, alpha: f(0.3), beta: f(0.75), bias: f(2) } },
  { op: 'LRN', operands: [[1, 6, 2, 2]], attributes: { size: 3, alpha: f(0.3), beta: f(1.5) } },
  { op: 'LpNormalization', operands: [[2, 3, 2]], attributes: { axis: 1 } },
];
