import { type Given, list, type NodeCase, one } from './foreign-node.ts';

const f = (float: number) => ({ float });
const index = (number: number): Given => ({ shape: [], numbers: [number], type: 'int64' });
const vector = (...numbers: readonly number[]): Given => ({ shape: [numbers.length], numbers });
const rows = (shape: readonly number[], ...numbers: readonly number[]): Given => ({ shape, numbers });
const computed = (given: Given): Given => ({ ...given, isComputed: true });

const infinities = vector(1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
const signs: readonly NodeCase['attributes'][] = [
  undefined,
  { detect_negative: 0 },
  { detect_positive: 0 },
  { detect_negative: 0, detect_positive: 0 },
];

const withoutAxes: readonly NodeCase[] = [
  ...['ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSumExp'],
].map((op) => ({ op, operands: [[2, 3]], attributes: { noop_with_empty_axes: 1 } }));

const attention = (rows: number, keys: number): NodeCase => ({
  op: 'Attention',
  operands: [
    [1, 2, rows, 4],
    [1, 2, keys, 4],
    [1, 2, keys, 4],
  ],
  attributes: { is_causal: 1 },
  opset: 23,
});

/** Attributes that change the result, and the edges of what they ask for. */
export const attributes: readonly NodeCase[] = [
  ...['ArgMax', 'ArgMin'].flatMap((op) =>
    [0, 1, -1].flatMap((axis) =>
      [0, 1].flatMap((select_last_index) =>
        [0, 1].map(
          (keepdims): NodeCase => ({
            op,
            operands: [computed(rows([2, 2, 3], 2, 1, 2, 1, 1, 2, 2, 2, 2, 1, 2, 1))],
            attributes: { axis, select_last_index, keepdims },
          }),
        ),
      ),
    ),
  ),
  ...[vector(0, 1), vector(-1, 2), vector(Number.NEGATIVE_INFINITY, 0)].map(
    (values): NodeCase => ({
      op: 'OneHot',
      operands: [computed(vector(1, 0, -1, 2, -3, 3, -4)), one(3), values],
      attributes: { axis: 0 },
    }),
  ),
  ...signs.map(
    (each): NodeCase => ({
      op: 'IsInf',
      operands: [computed(infinities)],
      ...(each && { attributes: each }),
    }),
  ),
  ...withoutAxes,
  { op: 'ReduceLogSum', operands: [[2, 3]], attributes: { noop_with_empty_axes: 1 }, positive: true },
  { op: 'Squeeze', operands: [[1, 3, 1], list()] },
  { op: 'LpNormalization', operands: [computed(rows([2, 2], 0, 0, 3, 4))], attributes: { axis: 1 } },
  ...[1, 2].map((p): NodeCase => ({ op: 'LpNormalization', operands: [[2, 3]], attributes: { p, axis: 0 } })),
  { op: 'Mod', operands: [computed(vector(7.5, -7.5)), vector(2, 2)], attributes: { fmod: 1 } },
  { op: 'Resize', operands: [[1, 1, 4, 6], vector(1, 1, 1.5, 0.4)], opset: 10 },
  {
    op: 'Resize',
    operands: [[1, 1, 4, 6], vector(1, 1, 1.5, 0.4)],
    attributes: { mode: 'linear' },
    opset: 10,
  },
  {
    op: 'com.microsoft.Attention',
    operands: [[1, 3, 4], [4, 12], [12]],
    attributes: { num_heads: 2, unidirectional: 1, mask_filter_value: f(-2) },
  },
  attention(3, 3),
  attention(1, 5),
  attention(3, 5),
  attention(5, 3),
  { op: 'TopK', operands: [[6], list(1)], attributes: { sorted: 0 }, outputs: 2 },
  {
    op: 'Conv',
    operands: [
      [1, 1, 4, 4],
      [1, 1, 3, 3],
    ],
    attributes: { auto_pad: 'VALID', kernel_shape: [3, 3] },
  },
  { op: 'MaxPool', operands: [[1, 1, 4, 4]], attributes: { kernel_shape: [2, 2], storage_order: 1 } },
  { op: 'LayerNormalization', operands: [[2, 3], [3]], attributes: { stash_type: 1, axis: -1 } },
];

export const ofConstants: readonly NodeCase[] = [
  ...signs.map(
    (each): NodeCase => ({ op: 'IsInf', operands: [infinities], ...(each && { attributes: each }) }),
  ),
  ...withoutAxes.filter(({ op }) => !op.includes('Log')),
  { op: 'Squeeze', operands: [[1, 3, 1], list()] },
  ...[7, 11].flatMap((output_datatype): readonly NodeCase[] => [
    { op: 'HammingWindow', operands: [index(5)], attributes: { output_datatype } },
    {
      op: 'MelWeightMatrix',
      operands: [...[5, 64, 8000].map(index), one(20), one(4000)],
      attributes: { output_datatype },
    },
  ]),
  ...[7, 11].map((dtype): NodeCase => ({ op: 'EyeLike', operands: [[2, 3]], attributes: { dtype } })),
];

const scales = rows([1, 2], 1, 10);
const zeros: Given = { shape: [1, 2], numbers: [0, 0], type: 'uint8' };
const blocks = { axis: 0, block_size: 2 };
const moments = [vector(1, 2), vector(0, 1), vector(0, 0), vector(1, 1)];

/** Uses of operators that have no translation, each with the word that names the reason. */
export const refused: readonly (readonly [string, NodeCase])[] = [
  ['output_dtype', { op: 'QuantizeLinear', operands: [[2, 3], one(0.1)], attributes: { output_dtype: 17 } }],
  ['blocks', { op: 'QuantizeLinear', operands: [[2, 2], scales, zeros], attributes: blocks }],
  ['blocks', { op: 'DequantizeLinear', operands: [rows([2, 2], 1, 2, 3, 4), scales], attributes: blocks }],
  ['approximate', { op: 'Gelu', operands: [[2, 3]], attributes: { approximate: 'other' } }],
  ['mode', { op: 'DepthToSpace', operands: [[1, 4, 1, 1]], attributes: { blocksize: 2, mode: 'other' } }],
  ['mode', { op: 'SpaceToDepth', operands: [[1, 1, 2, 2]], attributes: { blocksize: 2, mode: 'CRD' } }],
  ['p to be', { op: 'LpNormalization', operands: [[2, 3]], attributes: { p: 3 } }],
  ['fmod', { op: 'Mod', operands: [[2, 3], one(2)] }],
  [
    'statistics',
    { op: 'BatchNormalization', operands: [[2, 2, 3], ...moments], attributes: { training_mode: 1 } },
  ],
  ['statistics', { op: 'BatchNormalization', operands: [[2, 2, 3], ...moments], outputs: 5, opset: 9 }],
  [
    'statistics',
    { op: 'BatchNormalization', operands: [[1, 2, 1], ...moments], attributes: { spatial: 0 }, opset: 7 },
  ],
  ['window', { ...attention(3, 3), attributes: { left_window_size: 1 } }],
  ['past', { op: 'Attention', operands: [...attention(3, 3).operands, null, null, null, list(2)] }],
  [
    'kernel_shape',
    {
      op: 'Conv',
      operands: [
        [1, 1, 4, 4],
        [1, 1, 3, 3],
      ],
      attributes: { kernel_shape: [2, 2] },
    },
  ],
  [
    'auto_pad',
    {
      op: 'Conv',
      operands: [
        [1, 1, 4, 4],
        [1, 1, 3, 3],
      ],
      attributes: { auto_pad: 'SAME' },
    },
  ],
  [
    'both',
    {
      op: 'Conv',
      operands: [
        [1, 1, 4, 4],
        [1, 1, 3, 3],
      ],
      attributes: { auto_pad: 'SAME_UPPER', pads: [1, 1, 1, 1] },
    },
  ],
  ['novel', { op: 'Relu', operands: [[2, 3]], attributes: { novel: 0 } }],
];
