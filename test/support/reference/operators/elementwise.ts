import type { ElementwiseOps, Value } from '../../../../src/graph/value.ts';
import { dataTypes } from '../../../../src/onnx/schema.ts';
import { at, broadcast, fill, isSameShape, type NdArray } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

const binary = (f: (a: number, b: number) => number) => (operands: readonly NdArray[]) => {
  const [a, b] = [operand(operands, 0), operand(operands, 1)];
  // Plain loops here and below: most operators of a graph are elementwise.
  if (isSameShape(a.shape, b.shape)) {
    const data = new Float64Array(a.data.length);
    for (let i = 0; i < data.length; i++) data[i] = f(a.data[i] as number, b.data[i] ?? Number.NaN);
    return { shape: a.shape, data };
  }
  if (b.data.length === 1 && b.shape.length <= a.shape.length) {
    const number = b.data[0] as number;
    return unary((each) => f(each, number))([a]);
  }
  return fill(broadcast(a.shape, b.shape), (index) => f(at(a, index), at(b, index)));
};

const comparison = (holds: (a: number, b: number) => boolean) => binary((a, b) => Number(holds(a, b)));

const unary = (f: (x: number) => number) => (operands: readonly NdArray[]) => {
  const x = operand(operands, 0);
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i] as number);
  return { shape: x.shape, data };
};

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/**
 * The error function by a series of positive terms, 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, to float64's precision. 2/√π is
 * rounded to float32, as all constants of graphs are: its derivatives are then those that graphs compute.
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 7.1.6
 */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return Math.fround(2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

type To = Value<'Cast'>['attributes']['to'];
const conversions: { readonly [Type in To]: (x: number) => number } = {
  [dataTypes.float32]: (x) => x,
  [dataTypes.int64]: Math.trunc,
  [dataTypes.bool]: (x) => Number(x !== 0),
};

export const elementwise: FamilyInterpreters<ElementwiseOps> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: (operands, { dtype }) => binary((a, b) => (dtype === 'int64' ? Math.trunc(a / b) : a / b))(operands),
  Equal: comparison((a, b) => a === b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  And: binary((a, b) => a * b),
  Or: binary((a, b) => Math.max(a, b)),
  Not: unary((x) => 1 - x),
  Where(operands) {
    const [condition, a, b] = [operand(operands, 0), operand(operands, 1), operand(operands, 2)];
    const shape = broadcast(condition.shape, broadcast(a.shape, b.shape));
    return fill(shape, (index) => (at(condition, index) ? at(a, index) : at(b, index)));
  },
  IsNaN: unary((x) => Number(Number.isNaN(x))),
  Cast: (operands, { attributes: { to } }) => unary(conversions[to])(operands),
  Max: (operands) => operands.reduce((a, b) => binary(Math.max)([a, b])),
  Min: (operands) => operands.reduce((a, b) => binary(Math.min)([a, b])),
  Clip: (operands) => binary(Math.min)([binary(Math.max)(operands.slice(0, 2)), operand(operands, 2)]),
  Mod: (operands, { attributes: { fmod } }) =>
    binary((a, b) => (fmod ? a % b : a - b * Math.floor(a / b)))(operands),
  Pow: binary((a, b) => a ** b),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Reciprocal: unary((x) => 1 / x),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfToEven),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Erf: unary(erf),
  Sign: unary(Math.sign),
  Relu: unary((x) => Math.max(x, 0)),
  LeakyRelu: (operands, { attributes: { alpha } }) => unary((x) => (x > 0 ? x : alpha * x))(operands),
  PRelu: binary((x, slope) => (x > 0 ? x : slope * x)),
  Elu: (operands, { attributes: { alpha } }) => unary((x) => (x > 0 ? x : alpha * Math.expm1(x)))(operands),
  Selu: (operands, { attributes: { alpha, gamma } }) =>
    unary((x) => gamma * (x > 0 ? x : alpha * Math.expm1(x)))(operands),
  Softplus: unary((x) => Math.log1p(Math.exp(x))),
  HardSwish: unary((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  Step: unary((x) => Number(x > 0)),
  HardSigmoid: (operands, { attributes: { alpha, beta } }) =>
    unary((x) => Math.max(0, Math.min(1, alpha * x + beta)))(operands),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
};
