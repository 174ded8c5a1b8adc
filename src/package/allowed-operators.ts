/**
 * Operators that state sizes, in an operand or in attributes: they can make a large tensor from small ones.
 * `allocation.ts` has a rule for each.
 */
const SIZED_OPERATORS = [
  'AveragePool',
  'ConstantOfShape',
  'Conv',
  'ConvInteger',
  'ConvTranspose',
  'Expand',
  'MaxPool',
  'OneHot',
  'Pad',
  'QLinearConv',
  'Range',
  'Tile',
] as const;
export type SizedOperator = (typeof SIZED_OPERATORS)[number];

/** Operators that state no size: the shapes of their inputs limit what they allocate. */
export const UNSIZED_OPERATORS: ReadonlySet<string> = new Set([
  ...['Abs', 'Add', 'And', 'ArgMax', 'ArgMin', 'BatchNormalization', 'Cast', 'Ceil', 'Clip', 'Concat'],
  ...['Cos', 'CumSum', 'Div', 'Einsum', 'Elu', 'Equal', 'Erf', 'Exp', 'EyeLike', 'Flatten', 'Floor'],
  ...['Gather', 'GatherElements', 'GatherND', 'Gelu', 'Gemm', 'GlobalAveragePool', 'GlobalMaxPool'],
  ...['Greater', 'GreaterOrEqual', 'GroupNormalization', 'HardSigmoid', 'HardSwish', 'Identity'],
  ...['InstanceNormalization', 'IsNaN', 'LayerNormalization', 'LRN', 'LeakyRelu', 'Less', 'LessOrEqual'],
  ...['Log', 'LogSoftmax', 'LpNormalization', 'MatMul', 'Max', 'Mean', 'Min', 'Mod', 'Mul', 'Neg', 'Not'],
  ...['Or', 'PRelu', 'Pow', 'Reciprocal', 'ReduceL1', 'ReduceL2', 'ReduceLogSumExp', 'ReduceMax'],
  ...['ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum', 'ReduceSumSquare', 'Relu', 'Reshape', 'Round'],
  ...['Scan', 'ScatterElements', 'ScatterND', 'Selu', 'Shape', 'Sigmoid', 'Sign', 'Sin', 'Size', 'Slice'],
  ...['Softmax', 'Softplus', 'Split', 'Sqrt', 'Squeeze', 'Sub', 'Sum', 'Tanh', 'TopK', 'Transpose'],
  ...['Trilu', 'Unsqueeze', 'Where', 'Xor'],
  // For imported encoders that run as their files have them: recurrent layers, and numbers of 8 bits.
  ...['DequantizeLinear', 'GRU', 'LSTM', 'MatMulInteger', 'QLinearMatMul', 'QuantizeLinear', 'RNN'],
]);

/**
 * Operators of the default ONNX domain that a package may use: arithmetic on tensors. None draws random numbers,
 * handles text or reads a file. Only Scan contains a graph. It runs operators of this list once for each item of a
 * tensor, so it terminates. The list contains every operator that we emit.
 */
export const ALLOWED_OPERATORS: ReadonlySet<string> = new Set([...SIZED_OPERATORS, ...UNSIZED_OPERATORS]);
