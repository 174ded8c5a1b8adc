import { describe, expect, it } from 'vitest';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import type { Value } from '../../../src/graph/value.ts';
import { expectClose } from '../../support/close.ts';
import {
  type Given,
  list,
  modelOfCase,
  type NodeCase,
  one,
  runImported,
  runOriginal,
} from './foreign-node.ts';

const f = (float: number) => ({ float });
const bools = (...numbers: readonly number[]): Given => ({ shape: [numbers.length], numbers, type: 'bool' });
const vector = (...numbers: readonly number[]): Given => ({ shape: [numbers.length], numbers });

const unary = (op: string, positive = false): NodeCase => ({ op, operands: [[2, 3]], positive });
const binary = (op: string, positive = false): NodeCase => ({
  op,
  operands: [
    [2, 1, 3],
    [4, 1],
  ],
  positive,
});

const elementwise: readonly NodeCase[] = [
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

const reductions: readonly NodeCase[] = [
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
const CUTTING = list(0, -1, 1, 0);

const movements: readonly NodeCase[] = [
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

const linear: readonly NodeCase[] = [
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

const normalisations: readonly NodeCase[] = [
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

const computed = { elementwise, reductions, movements, linear, normalisations };

const described = ({ op, operands, attributes = {}, opset = 18 }: NodeCase) =>
  `${op} ${JSON.stringify(operands.map((each) => (each && 'numbers' in each ? each.numbers : each)))} ${JSON.stringify(attributes)} opset ${opset}`;

describe.each(Object.entries(computed))('%s of computed values', (_, cases) => {
  it.each(cases.map((each) => [described(each), each] as const))(
    'are as the runtime has them: %s',
    async (_, each) => {
      const { computed: model, feeds, results } = modelOfCase(each);
      const [expected, got] = [
        await runOriginal(model, feeds, results),
        await runImported(model, feeds, results),
      ];
      for (const name of results) {
        const [a, b] = [expected[name], got[name]];
        expect(b?.shape).toEqual(a?.shape);
        expectClose(
          { shape: [], data: Array.from(b?.numbers ?? []) },
          { shape: [], data: Array.from(a?.numbers ?? []) },
          2e-5,
          name,
        );
      }
    },
  );
});

/** Operators that are computed from constants while a model is read. */
const constants: readonly NodeCase[] = [
  ...elementwise.filter(
    ({ op }) =>
      ![
        'Mean',
        'Softplus',
        'Softsign',
        'Erf',
        'HardSwish',
        'Mish',
        'LeakyRelu',
        'PRelu',
        'Elu',
        'Celu',
        'Selu',
        'HardSigmoid',
        'Gelu',
      ].includes(op),
  ),
  ...reductions.filter(({ op }) => op.startsWith('Reduce') && !op.includes('Log')),
  ...movements.filter(({ op, operands }) => !op.includes('Depth') && operands[1] !== CUTTING),
  { op: 'Div', operands: [list(7, -7, 6), list(2, 2, -4)] },
  { op: 'Mod', operands: [list(7, -7, 6), list(2, 3, -4)] },
  { op: 'Mod', operands: [list(7, -7, 6), list(2, 3, -4)], attributes: { fmod: 1 } },
  { op: 'Equal', operands: [list(1, 2), list(1, 3)] },
  { op: 'Less', operands: [list(1, 2, 3), list(2)] },
  { op: 'GreaterOrEqual', operands: [list(1, 2, 3), list(2)] },
  { op: 'And', operands: [bools(1, 1, 0), bools(1, 0, 0)] },
  { op: 'Or', operands: [bools(1, 1, 0), bools(1, 0, 0)] },
  { op: 'Xor', operands: [bools(1, 1, 0), bools(1, 0, 0)] },
  { op: 'Not', operands: [bools(1, 0)] },
  { op: 'Cast', operands: [vector(1.7, -1.7, 0)], attributes: { to: 7 } },
  { op: 'Cast', operands: [vector(1.7, -1.7, 0)], attributes: { to: 9 } },
  {
    op: 'Range',
    operands: [
      { ...one(3), type: 'int64' },
      { ...one(-4), type: 'int64' },
      { ...one(-2), type: 'int64' },
    ],
  },
  { op: 'ConstantOfShape', operands: [list(2, 3)] },
  { op: 'EyeLike', operands: [[3, 4]], attributes: { k: 1 } },
  {
    op: 'OneHot',
    operands: [list(1, -1, 5), { ...one(3), type: 'int64' }, vector(-1, 2)],
    attributes: { axis: 0 },
  },
  { op: 'Trilu', operands: [[3, 4]] },
  { op: 'Trilu', operands: [[2, 3, 3], { ...one(-1), type: 'int64' }], attributes: { upper: 0 } },
  { op: 'NonZero', operands: [{ shape: [2, 3], numbers: [0, 1, 0, 2, 3, 0] }] },
  {
    op: 'CumSum',
    operands: [[2, 3], { ...one(1), type: 'int64' }],
    attributes: { exclusive: 1, reverse: 1 },
  },
  { op: 'CumSum', operands: [[2, 3], { ...one(0), type: 'int64' }] },
  { op: 'ScatterND', operands: [[4, 2], { shape: [2, 1], numbers: [3, 1], type: 'int64' }, [2, 2]] },
  { op: 'ReduceProd', operands: [list(2, 3, 4), list(0)] },
  { op: 'ReduceMax', operands: [[2, 3], list(1)] },
  { op: 'ReduceMin', operands: [[2, 3]], attributes: { keepdims: 0 } },
  { op: 'Shape', operands: [[2, 3, 4]], attributes: { start: 1 } },
  { op: 'Size', operands: [[2, 3]] },
];

describe('constants', () => {
  it.each(constants.map((each) => [described(each), each] as const))(
    'are computed as the runtime computes them: %s',
    async (_, each) => {
      const { constant: model, results } = modelOfCase(each);
      const expected = await runOriginal(model, {}, results);
      const { tensors } = importGraph(model, { inputs: {}, maxBytes: 2 ** 20 });
      for (const name of results) {
        const value = tensors.get(name) as Value<'Constant'>;
        expect(value.op).toBe('Constant');
        expect(value.shape).toEqual(expected[name]?.shape);
        const data = Array.from(value.attributes.data, Number);
        expectClose(
          { shape: [], data },
          { shape: [], data: Array.from(expected[name]?.numbers ?? []) },
          1e-6,
          name,
        );
      }
    },
  );
});
