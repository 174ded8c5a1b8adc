import { broadcastShapes, sameShape } from '../../../onnx/dim.ts';
import {
  abs,
  add,
  and,
  cast,
  ceil,
  clip,
  cos,
  div,
  elu,
  equal,
  erf,
  exp,
  floor,
  gelu,
  greater,
  greaterOrEqual,
  hardSigmoid,
  hardSwish,
  isNotANumber,
  leakyRelu,
  less,
  lessOrEqual,
  log,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  not,
  type Operand,
  or,
  pow,
  prelu,
  reciprocal,
  relu,
  reshape,
  round,
  selu,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  sub,
  tanh,
  where,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { signsOfInfinity, targetType, typeLike } from '../fold/elementwise.ts';
import { isFolded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { Unreadable } from '../refusal.ts';
import { operands, type Translation, type Translations } from './translation.ts';

const unary =
  (f: (x: Value) => Value): Translation =>
  (node) =>
    f(node.value(0));

const binary =
  (f: (a: Value, b: Value) => Value): Translation =>
  (node) =>
    operands(node).reduce((a, b) => f(a, b));

/** A comparison of two operands. In ONNX, numbers and truth values are compared in the same way. */
const comparison =
  (f: (a: Value, b: Value) => Value): Translation =>
  (node) =>
    f(node.value(0), node.value(1));

/** The one number of a bound: an attribute in older opsets, an operand in newer ones. */
function bound(node: OperatorNode, i: number, attribute: string): Operand | undefined {
  if (node.has(i)) {
    const entry = node.entry(i);
    return isFolded(entry) ? entry.data[0] : entry;
  }
  return node.hasAttribute(attribute) ? node.float(attribute, 0) : undefined;
}

/** The largest float32, and larger numbers, are not bounds. */
const isBound = (x: Operand | undefined): x is Operand =>
  x !== undefined && !(typeof x === 'number' && Math.abs(x) > 3.4e38);

function clipped(node: OperatorNode): Value {
  const [min, max] = [bound(node, 1, 'min'), bound(node, 2, 'max')];
  return clip(node.value(0), { ...(isBound(min) && { min }), ...(isBound(max) && { max }) });
}

/** A constant exponent as a number, for which better operators may exist. */
function power(node: OperatorNode): Value {
  const exponent = node.entry(1);
  const first = isFolded(exponent) ? exponent.data[0] : undefined;
  if (isFolded(exponent)) node.budget.visit(exponent.data.length, node.label);
  const isNumber = isFolded(exponent) && first !== undefined && exponent.data.every((each) => each === first);
  const p = isNumber ? first : cast(node.value(1), node.type(0));
  const target = broadcastShapes(node.shape(0), node.shape(1));
  const y = pow(node.value(0), p);
  return sameShape(y.shape, target) ? y : reshape(y, target);
}

/** x · sigmoid(α x) */
const swish = (x: Value, alpha: number): Value => mul(x, sigmoid(alpha === 1 ? x : mul(alpha, x)));

/** x moved towards 0 by the bias where |x| > λ; 0 elsewhere. */
function shrunk(node: OperatorNode): Value {
  const [x, bias, lambd] = [node.value(0), node.float('bias', 0), node.float('lambd', 0.5)];
  return where(greater(x, lambd), sub(x, bias), where(less(x, -lambd), add(x, bias), 0));
}

/** Where x is infinite, of the signs that are asked for. */
function infinite(node: OperatorNode): Value {
  const x = node.value(0);
  const [sign, ...others] = signsOfInfinity(node);
  if (sign === undefined) return less(x, x);
  return others.length > 0 ? equal(abs(x), Number.POSITIVE_INFINITY) : equal(x, sign);
}

/** The remainder of floats has the sign of the dividend; of integers that of the divisor, unless `fmod` is set. */
function remainder(node: OperatorNode): Value {
  const [a, b] = [node.value(0), node.value(1)];
  const isOfDividend = node.int('fmod', 0) === 1;
  if (a.dtype !== 'float32') return isOfDividend ? sub(a, mul(b, div(a, b))) : mod(a, b);
  if (!isOfDividend) throw new Unreadable(`${node.label}: expected fmod to be 1 for floats`);
  return mod(a, b);
}

export const elementwise: Translations = {
  Add: binary(add),
  Sub: binary(sub),
  Mul: binary(mul),
  Div: binary(div),
  Sum: binary(add),
  Mean: (node) => {
    const sum = operands(node).reduce((a, b) => add(a, b));
    return div(sum, node.args.length);
  },
  Max: (node) => operands(node).reduce((a, b) => maximum(a, b)),
  Min: (node) => operands(node).reduce((a, b) => minimum(a, b)),
  Mod: remainder,
  Pow: power,
  Clip: clipped,
  Neg: unary(neg),
  Abs: unary(abs),
  Reciprocal: unary(reciprocal),
  Floor: unary(floor),
  Ceil: unary(ceil),
  Round: unary(round),
  Sin: unary(sin),
  Cos: unary(cos),
  Exp: unary(exp),
  Log: unary(log),
  Sqrt: unary(sqrt),
  Erf: unary(erf),
  Sign: unary(sign),
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Tanh: unary(tanh),
  Softplus: unary(softplus),
  Softsign: unary((x) => div(x, add(1, abs(x)))),
  Mish: unary((x) => mul(x, tanh(softplus(x)))),
  Swish: (node) => swish(node.value(0), node.float('alpha', 1)),
  HardSwish: unary(hardSwish),
  Gelu: (node) => gelu(node.value(0), node.choice('approximate', 'none', ['none', 'tanh'])),
  LeakyRelu: (node) => leakyRelu(node.value(0), node.float('alpha', 0.01)),
  PRelu: (node) => prelu(node.value(0), node.value(1)),
  Elu: (node) => elu(node.value(0), node.float('alpha', 1)),
  Celu: (node) => {
    const alpha = node.float('alpha', 1);
    return mul(alpha, elu(div(node.value(0), alpha), 1));
  },
  Selu: (node) =>
    selu(node.value(0), {
      alpha: node.float('alpha', 1.6732631921768188),
      gamma: node.float('gamma', 1.0507010221481323),
    }),
  Identity: (node) => node.entry(0),
  // At inference nothing is dropped; the mask is not read.
  Dropout: (node) => node.entry(0),
  Cast: (node) => (targetType(node) === node.type(0) ? node.entry(0) : cast(node.value(0), targetType(node))),
  CastLike: (node) => cast(node.value(0), typeLike(node)),
  Equal: comparison(equal),
  Less: comparison(less),
  LessOrEqual: comparison(lessOrEqual),
  Greater: comparison(greater),
  GreaterOrEqual: comparison(greaterOrEqual),
  And: binary(and),
  Or: binary(or),
  Xor: (node) => not(equal(node.value(0), node.value(1))),
  Not: unary(not),
  IsNaN: unary(isNotANumber),
  IsInf: infinite,
  Sinh: unary((x) => mul(0.5, sub(exp(x), exp(neg(x))))),
  Cosh: unary((x) => mul(0.5, add(exp(x), exp(neg(x))))),
  Tan: unary((x) => div(sin(x), cos(x))),
  ThresholdedRelu: (node) => where(greater(node.value(0), node.float('alpha', 1)), node.value(0), 0),
  Shrink: shrunk,
  Where: (node) => where(node.value(0), node.value(1), node.value(2)),
  HardSigmoid: (node) =>
    hardSigmoid(node.value(0), { alpha: node.float('alpha', 0.2), beta: node.float('beta', 0.5) }),
};
