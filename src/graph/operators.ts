import type { AttributeType } from '../onnx/model.ts';
import type { dataTypes } from '../onnx/schema.ts';

/**
 * The ONNX operators that graphs are made of, by family, each with the ONNX types of its attributes. To add an
 * operator, add a line here; the compiler then reports every table in which it is missing.
 *
 * Operands that ONNX takes as int64 tensors (axes, pads, target shapes) are inputs, not attributes.
 *
 * @module
 */

/** `onnx` is the attribute's type in the file; `Content` is its type in TypeScript. */
interface Attribute<Content> {
  readonly onnx: AttributeType;
  /** Never set. Only the compiler reads it, to infer `Content`. */
  readonly content?: Content;
}

/** ONNX's number of one of our types. */
type DataType = (typeof dataTypes)[keyof typeof dataTypes];

/**
 * The content of the padding: one number, the outermost elements, the reflection without them, or the other end of the tensor.
 */
export type PadMode = 'constant' | 'edge' | 'reflect' | 'wrap';

const float: Attribute<number> = { onnx: 'float' };
const int: Attribute<number> = { onnx: 'int' };
const flag: Attribute<0 | 1> = { onnx: 'int' };
const ints: Attribute<readonly number[]> = { onnx: 'ints' };

/** Attributes by operator, with their types in TypeScript. */
export type AttributesOf<Family> = {
  readonly [Op in keyof Family]: {
    readonly [Name in keyof Family[Op]]: Family[Op][Name] extends Attribute<infer Content> ? Content : never;
  };
};

export const leafOperators = {
  Identity: {},
};

export const elementwiseOperators = {
  Add: {},
  Sub: {},
  Mul: {},
  Div: {},
  /** Comparisons of two operands of one type; the result is bool. */
  Equal: {},
  Less: {},
  LessOrEqual: {},
  Greater: {},
  GreaterOrEqual: {},
  /** Of bool operands. */
  And: {},
  Or: {},
  Not: {},
  /** Inputs: a bool condition, the value where it is true, the value elsewhere; all broadcast. */
  Where: {},
  /** The result is bool. */
  IsNaN: {},
  /** `to` is ONNX's number of the type. */
  Cast: { to: { onnx: 'int' } as Attribute<DataType> },
  /** The largest and the smallest of one or more inputs. */
  Max: {},
  Min: {},
  /** Inputs: x, lower bound, upper bound (scalars). */
  Clip: {},
  /** With `fmod` 1 the result has the sign of the dividend, with 0 that of the divisor (integers only). */
  Mod: { fmod: flag },
  Pow: {},
  Neg: {},
  Abs: {},
  Reciprocal: {},
  Floor: {},
  Ceil: {},
  /** To the nearest integer; halves to the nearest even one. */
  Round: {},
  Sin: {},
  Cos: {},
  Exp: {},
  Log: {},
  Sqrt: {},
  /** 2/√π ∫₀ˣ exp(−t²) dt */
  Erf: {},
  Sign: {},
  Relu: {},
  /** alpha · x where x < 0 */
  LeakyRelu: { alpha: float },
  /** Inputs: x, the slope where x < 0, which broadcasts to x. */
  PRelu: {},
  /** alpha · (eˣ − 1) where x < 0 */
  Elu: { alpha: float },
  /** gamma · (x where x > 0, alpha · (eˣ − 1) elsewhere) */
  Selu: { alpha: float, gamma: float },
  /** log(1 + eˣ) */
  Softplus: {},
  /** x · max(0, min(1, x / 6 + 1/2)) */
  HardSwish: {},
  /** max(0, min(1, alpha · x + beta)) */
  HardSigmoid: { alpha: float, beta: float },
  Sigmoid: {},
  Tanh: {},
};

export const reductionOperators = {
  /** Inputs of all reductions: x, axes. */
  ReduceSum: { keepdims: flag },
  ReduceMean: { keepdims: flag },
  ReduceMax: { keepdims: flag },
  ReduceMin: { keepdims: flag },
  /** Σ |x| */
  ReduceL1: { keepdims: flag },
  /** √Σ x² */
  ReduceL2: { keepdims: flag },
  ReduceSumSquare: { keepdims: flag },
  /** log Σ eˣ, computed stably. */
  ReduceLogSumExp: { keepdims: flag },
  Softmax: { axis: int },
  LogSoftmax: { axis: int },
  /** The result is int64. */
  ArgMin: { axis: int, keepdims: flag },
  ArgMax: { axis: int, keepdims: flag },
  /** Sums of all elements up to each one. Inputs: x, axis (a scalar). */
  CumSum: { exclusive: flag, reverse: flag },
};

export const movementOperators = {
  /** Inputs: x, target shape in ONNX's notation: 0 copies a dimension, −1 is inferred. */
  Reshape: {},
  Transpose: { perm: ints },
  /** Inputs: x, target shape. */
  Expand: {},
  /** Inputs: x, starts, ends, axes, steps. */
  Slice: {},
  /** Inputs: x, pads (all begins, then all ends), and for `constant` optionally the number; it is 0 otherwise. */
  Pad: { mode: { onnx: 'string' } as Attribute<PadMode> },
  Concat: { axis: int },
  /** Inputs: x, indices of any shape. */
  Gather: { axis: int },
  /** Inputs: x, indices of the same rank. The result has the shape of the indices: x[i][j] = x[indices[i][j]][j] for axis 0. */
  GatherElements: { axis: int },
  /** Inputs: x, indices of the same rank, updates of their shape, which are added to x at the indices. */
  ScatterElements: { axis: int, reduction: { onnx: 'string' } as Attribute<'add'> },
  /** Inputs: x [n, …], indices [.., 1], updates [.., …], which are added to x at the indices. */
  ScatterND: { reduction: { onnx: 'string' } as Attribute<'add'> },
  /** The identity matrix of the shape of the matrix x. */
  EyeLike: {},
  /** Dimensions start … end − 1 as int64. */
  Shape: { start: int, end: int },
};

export const linalgOperators = {
  MatMul: {},
  /** op(A) · op(B) + C: op transposes if its flag is 1; C is optional and broadcasts to the product. */
  Gemm: { transA: flag, transB: flag },
};

/** Geometry that a convolution and its two adjoints share; two spatial axes. */
const geometry = {
  strides: ints,
  /** Zeros before each spatial axis, then after each. */
  pads: ints,
  dilations: ints,
  group: int,
};

export const convolutionOperators = {
  /** Inputs: x [n, c, …], w [o, c/g, …k], and optionally the bias [o]. */
  Conv: geometry,
  ConvTranspose: { ...geometry, output_padding: ints },
};

/** Pooling windows; two spatial axes. */
const window = { kernel_shape: ints, strides: ints, pads: ints };

export const poolingOperators = {
  MaxPool: { ...window, dilations: ints },
  /** Whether the mean counts the zeros in `pads`. */
  AveragePool: { ...window, count_include_pad: flag },
};

export const normalisationOperators = {
  /** Inputs: x, scale, and optionally the bias; both broadcast to the axes from `axis` on, which are normalised. */
  LayerNormalization: { axis: int, epsilon: float },
  /** Inputs: x [n, c, …], scale [c], bias [c]. Each channel of each example is normalised over its places. */
  InstanceNormalization: { epsilon: float },
  /** Inputs: x [n, c, …], then scale, bias, mean and variance [c]. */
  BatchNormalization: { epsilon: float },
  /** x [n, c, …] / (bias + alpha / size · the sum of squares of `size` neighbouring channels) ^ beta */
  LRN: { alpha: float, beta: float, bias: float, size: int },
};

/** All operators. The exporter reads the ONNX types of attributes from this table. */
export const operators = {
  ...leafOperators,
  ...elementwiseOperators,
  ...reductionOperators,
  ...movementOperators,
  ...linalgOperators,
  ...convolutionOperators,
  ...poolingOperators,
  ...normalisationOperators,
};
