import { type Given, list, type NodeCase, one } from './foreign-node.ts';

type Stored = NonNullable<Given['type']>;

const f = (float: number) => ({ float });
const of = (type: Stored, shape: readonly number[], step = 37): Given => {
  const size = shape.reduce((a, b) => a * b, 1);
  const least = type === 'int8' ? -128 : 0;
  return { shape, numbers: Array.from({ length: size }, (_, i) => least + ((i * step + 11) % 256)), type };
};
const floats = (...numbers: readonly number[]): Given => ({ shape: [numbers.length], numbers });
const byte = (number: number, type: Stored = 'uint8'): Given => ({
  shape: [],
  numbers: [number],
  type,
});
const bytes = (type: Stored, ...numbers: readonly number[]): Given => ({
  shape: [numbers.length],
  numbers,
  type,
});
const stored = (shape: readonly number[]) => [of('uint8', shape), one(0.02), byte(120)];

/** Arithmetic in 8 bits. Results that are stored are compared as integers. */
export const quantised: readonly NodeCase[] = [
  { op: 'DynamicQuantizeLinear', operands: [[3, 5]], outputs: 3 },
  { op: 'QuantizeLinear', operands: [[2, 3, 2], one(0.05), byte(100)] },
  { op: 'QuantizeLinear', operands: [[2, 3, 2], floats(0.05, 0.02, 0.1), bytes('uint8', 3, 7, 0)] },
  {
    op: 'QuantizeLinear',
    operands: [[2, 3], floats(0.05, 0.02), bytes('uint8', 3, 200)],
    attributes: { axis: 0 },
  },
  { op: 'DequantizeLinear', operands: [of('int8', [2, 3]), floats(0.5, 0.25, 2), bytes('int8', 1, -2, 3)] },
  { op: 'MatMulInteger', operands: [of('uint8', [2, 3]), of('int8', [3, 4]), byte(7), byte(-2, 'int8')] },
  {
    op: 'MatMulInteger',
    operands: [of('uint8', [2, 3]), of('int8', [3, 2]), byte(7), bytes('int8', 4, -5)],
  },
  {
    op: 'ConvInteger',
    operands: [of('uint8', [1, 2, 4, 4]), of('uint8', [3, 2, 3, 3], 51), byte(9), byte(128)],
    attributes: { pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  {
    op: 'QLinearConv',
    operands: [
      ...stored([1, 2, 4, 4]),
      of('int8', [3, 2, 3, 3], 51),
      floats(0.01, 0.02, 0.005),
      bytes('int8', 0, 0, 0),
      one(0.3),
      byte(110),
      bytes('int32', 40, -900, 7),
    ],
    attributes: { pads: [1, 1, 1, 1] },
  },
  {
    op: 'QLinearMatMul',
    operands: [...stored([2, 3]), of('int8', [3, 4]), one(0.01), byte(2, 'int8'), one(0.2), byte(100)],
  },
  { op: 'com.microsoft.QLinearAdd', operands: [...stored([2, 3]), ...stored([1, 3]), one(0.03), byte(99)] },
  { op: 'com.microsoft.QLinearMul', operands: [...stored([2, 3]), ...stored([1, 3]), one(0.03), byte(99)] },
  { op: 'com.microsoft.QLinearSigmoid', operands: [...stored([2, 9]), one(1 / 256), byte(0)] },
  {
    op: 'com.microsoft.QLinearSoftmax',
    operands: [...stored([2, 9]), one(1 / 256), byte(0)],
    attributes: { opset: 13, axis: 1 },
  },
  {
    op: 'com.microsoft.QLinearLeakyRelu',
    operands: [...stored([2, 9]), one(0.03), byte(50)],
    attributes: { alpha: f(0.2) },
  },
  {
    op: 'com.microsoft.QLinearGlobalAveragePool',
    operands: [...stored([1, 3, 2, 2]), one(0.01), byte(120)],
    attributes: { channels_last: 0 },
  },
  {
    op: 'com.microsoft.QLinearConcat',
    operands: [one(0.03), byte(90), ...stored([2, 3]), ...stored([2, 2])],
    attributes: { axis: 1 },
  },
  {
    op: 'com.microsoft.QGemm',
    operands: [
      ...stored([2, 3]),
      of('int8', [4, 3]),
      floats(0.01, 0.02, 0.03, 0.04),
      bytes('int8', 1, 2, -3, 0),
      bytes('int32', 40, -90, 7, 0),
    ],
    attributes: { transB: 1, alpha: f(1) },
  },
  {
    op: 'com.microsoft.MatMulIntegerToFloat',
    operands: [
      of('uint8', [2, 3]),
      of('uint8', [3, 4]),
      one(0.01),
      one(0.02),
      byte(3),
      byte(120),
      floats(1, 2, 3, 4),
    ],
  },
];

const tables = [
  [9, 4],
  [6, 4],
  [2, 4],
] as const;
const whole = (shape: readonly number[], ...numbers: readonly number[]): Given => ({
  shape,
  numbers,
  type: 'int32',
});

/** Operators that ONNX Runtime's optimiser writes. */
export const fused: readonly NodeCase[] = [
  ...['Gelu', 'QuickGelu', 'FastGelu'].map(
    (op): NodeCase => ({ op: `com.microsoft.${op}`, operands: [[2, 3]] }),
  ),
  ...['BiasGelu', 'FastGelu'].map((op): NodeCase => ({ op: `com.microsoft.${op}`, operands: [[2, 3], [3]] })),
  {
    op: 'com.microsoft.FusedMatMul',
    operands: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    attributes: { transB: 1, alpha: f(0.25) },
  },
  {
    op: 'com.microsoft.FusedMatMul',
    operands: [
      [3, 2],
      [3, 4],
    ],
    attributes: { transA: 1 },
  },
  {
    op: 'com.microsoft.FusedConv',
    operands: [[1, 2, 4, 4], [3, 2, 3, 3], [3]],
    attributes: { activation: 'Relu', pads: [1, 1, 1, 1] },
  },
  {
    op: 'com.microsoft.FusedConv',
    operands: [[1, 2, 4, 4], [3, 2, 3, 3], [3], [1, 3, 2, 2]],
    attributes: { activation: 'LeakyRelu', activation_params: { floats: [0.3] } },
  },
  {
    op: 'com.microsoft.FusedGemm',
    operands: [[2, 3], [3, 4], [4]],
    attributes: { activation: 'LeakyRelu', activation_alpha: f(0.2) },
  },
  { op: 'com.microsoft.SkipLayerNormalization', operands: [[1, 3, 4], [1, 3, 4], [4], [4]] },
  {
    op: 'com.microsoft.SkipLayerNormalization',
    operands: [[1, 3, 4], [1, 3, 4], [4], null, [4]],
    outputs: 1,
  },
  { op: 'com.microsoft.SkipSimplifiedLayerNormalization', operands: [[1, 3, 4], [1, 3, 4], [4]] },
  { op: 'SimplifiedLayerNormalization', operands: [[2, 3, 4], [4]], opset: 17 },
  {
    op: 'com.microsoft.EmbedLayerNormalization',
    operands: [whole([1, 3], 8, 0, 4), whole([1, 3], 0, 1, 1), ...tables, [4], [4], whole([1, 3], 1, 1, 0)],
    outputs: 2,
  },
  {
    op: 'com.microsoft.EmbedLayerNormalization',
    operands: [whole([1, 3], 8, 0, 4), null, [9, 4], [6, 4], null, [4], [4]],
    outputs: 2,
  },
  {
    op: 'com.microsoft.Attention',
    operands: [[1, 3, 4], [4, 12], [12], whole([1, 3], 1, 1, 0)],
    attributes: { num_heads: 2 },
  },
  {
    op: 'com.microsoft.Attention',
    operands: [[1, 3, 4], [4, 12], [12], whole([1], 2)],
    attributes: { num_heads: 2 },
  },
  {
    op: 'com.microsoft.Attention',
    operands: [[1, 3, 4], [4, 12], [12]],
    attributes: { num_heads: 2, unidirectional: 1, scale: f(0.5) },
  },
  {
    op: 'com.microsoft.MultiHeadAttention',
    operands: [[1, 3, 4], [1, 5, 4], [1, 5, 4], [12], whole([1, 5], 1, 1, 1, 0, 0), [1, 2, 3, 5]],
    attributes: { num_heads: 2 },
  },
  {
    op: 'com.microsoft.RotaryEmbedding',
    operands: [[1, 2, 3, 4], { ...list(0, 1, 2), shape: [1, 3] }, [5, 2], [5, 2]],
  },
  {
    op: 'com.microsoft.RotaryEmbedding',
    operands: [[1, 3, 8], { ...list(0, 1, 2), shape: [1, 3] }, [5, 2], [5, 2]],
    attributes: { interleaved: 1, num_heads: 2 },
  },
  {
    op: 'Attention',
    operands: [
      [1, 2, 3, 4],
      [1, 2, 5, 4],
      [1, 2, 5, 4],
      [3, 5],
    ],
    attributes: { scale: f(0.3) },
    opset: 23,
  },
  {
    op: 'Attention',
    operands: [
      [1, 3, 8],
      [1, 3, 4],
      [1, 3, 4],
    ],
    attributes: { q_num_heads: 4, kv_num_heads: 2, is_causal: 1, softcap: f(2) },
    opset: 23,
  },
  {
    op: 'Attention',
    operands: [
      [1, 2, 2, 4],
      [1, 2, 2, 4],
      [1, 2, 2, 4],
      { shape: [2, 2], numbers: [1, 0, 1, 1], type: 'bool' },
    ],
    opset: 23,
  },
  {
    op: 'RotaryEmbedding',
    operands: [
      [1, 2, 3, 4],
      [1, 3, 2],
      [1, 3, 2],
    ],
    opset: 23,
  },
  {
    op: 'RotaryEmbedding',
    operands: [[1, 3, 8], [5, 1], [5, 1], { ...list(4, 0, 2), shape: [1, 3] }],
    attributes: { num_heads: 2, rotary_embedding_dim: 2, interleaved: 1 },
    opset: 23,
  },
];

/** Spectra and further operators of exporters. */
export const others: readonly NodeCase[] = [
  { op: 'STFT', operands: [[1, 20, 1], { ...one(4), type: 'int64' }, [8]] },
  {
    op: 'STFT',
    operands: [[2, 20, 1], { ...one(5), type: 'int64' }, null, { ...one(6), type: 'int64' }],
    attributes: { onesided: 0 },
  },
  { op: 'DFT', operands: [[2, 8, 1]], attributes: { axis: 1, onesided: 1 }, opset: 17 },
  { op: 'DFT', operands: [[2, 6, 1]], opset: 20 },
  { op: 'TopK', operands: [[3, 6], list(2)], outputs: 2 },
  { op: 'TopK', operands: [[4, 2, 3], list(3)], attributes: { axis: 0, largest: 0 }, outputs: 2 },
  { op: 'Hardmax', operands: [[2, 5]] },
  { op: 'Hardmax', operands: [[2, 4, 3]], attributes: { axis: 1 } },
  { op: 'ThresholdedRelu', operands: [[3, 4]], attributes: { alpha: f(0.4) } },
  { op: 'Shrink', operands: [[3, 4]], attributes: { bias: f(0.2), lambd: f(0.6) } },
  { op: 'MeanVarianceNormalization', operands: [[1, 2, 4, 4]] },
  ...['Sinh', 'Cosh', 'Tan'].map((op): NodeCase => ({ op, operands: [[2, 3]] })),
];
