import {
  add,
  and,
  cast,
  div,
  equal,
  exp,
  greater,
  greaterOrEqual,
  hardSigmoid,
  isNotANumber,
  less,
  lessOrEqual,
  log,
  mul,
  neg,
  not,
  or,
  relu,
  sigmoid,
  sqrt,
  sub,
  tanh,
  where,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { targetType } from '../fold/elementwise.ts';
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

/** Of two operands; ONNX compares numbers and truth values alike. */
const comparison =
  (f: (a: Value, b: Value) => Value): Translation =>
  (node) =>
    f(node.value(0), node.value(1));

/** The number of a constant with equal elements everywhere; undefined for any other operand. */
function uniform(node: OperatorNode, i: number): number | undefined {
  const { data } = node.folded(i);
  const first = data[0];
  return data.every((each) => each === first) ? first : undefined;
}

/** x to a constant power, in operators whose gradients exist. */
function power(node: OperatorNode): Value {
  const x = node.value(0);
  const exponent = uniform(node, 1);
  const whole = Math.abs(exponent ?? 0.25);
  if (exponent === 1) return x;
  if (exponent === 0.5) return sqrt(x);
  if (exponent === -0.5) return div(1, sqrt(x));
  if (exponent === 1.5) return mul(x, sqrt(x));
  if (exponent === undefined || !Number.isInteger(whole) || whole < 1 || whole > 16)
    throw new Unreadable(`${node.label}: expected a whole or half exponent from -16 to 16, got ${exponent}`);
  const positive = integerPower(x, whole);
  return exponent < 0 ? div(1, positive) : positive;
}

const integerPower = (x: Value, exponent: number): Value => {
  if (exponent === 1) return x;
  const half = integerPower(x, Math.floor(exponent / 2));
  const square = mul(half, half);
  return exponent % 2 === 1 ? mul(square, x) : square;
};

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which does not overflow. */
const softplus = (x: Value): Value => add(relu(x), log(add(1, exp(neg(add(relu(x), relu(neg(x))))))));

/** max(x, 0) + α (e^min(x, 0) − 1) */
const elu = (x: Value, alpha: number): Value => add(relu(x), mul(alpha, sub(exp(neg(relu(neg(x)))), 1)));

const selu: Translation = (node) => {
  const alpha = node.float('alpha', 1.6732631921768188);
  return mul(node.float('gamma', 1.0507010221481323), elu(node.value(0), alpha));
};

/** max(x, 0) + α min(x, 0), where α may differ by channel. */
const leaky = (x: Value, alpha: Value | number): Value => sub(relu(x), mul(alpha, relu(neg(x))));

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
  Neg: unary(neg),
  Exp: unary(exp),
  Log: unary(log),
  Sqrt: unary(sqrt),
  Reciprocal: unary((x) => div(1, x)),
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Tanh: unary(tanh),
  Softplus: unary(softplus),
  Softsign: unary((x) => div(x, add(1, add(relu(x), relu(neg(x)))))),
  Mish: unary((x) => mul(x, tanh(softplus(x)))),
  Swish: (node) => mul(node.value(0), sigmoid(mul(node.float('alpha', 1), node.value(0)))),
  Elu: (node) => elu(node.value(0), node.float('alpha', 1)),
  Celu: (node) => {
    const alpha = node.float('alpha', 1);
    return elu(div(node.value(0), alpha), alpha);
  },
  Selu: selu,
  PRelu: (node) => leaky(node.value(0), node.value(1)),
  Pow: power,
  Identity: (node) => node.entry(0),
  // At inference nothing is dropped; the mask is not read.
  Dropout: (node) => node.entry(0),
  Cast: (node) => (targetType(node) === node.type(0) ? node.entry(0) : cast(node.value(0), targetType(node))),
  CastLike: (node) => cast(node.value(0), node.type(1)),
  Equal: comparison(equal),
  Less: comparison(less),
  LessOrEqual: comparison(lessOrEqual),
  Greater: comparison(greater),
  GreaterOrEqual: comparison(greaterOrEqual),
  And: binary(and),
  Or: binary(or),
  Not: unary(not),
  IsNaN: unary(isNotANumber),
  Where: (node) => where(node.value(0), node.value(1), node.value(2)),
  HardSigmoid: (node) =>
    hardSigmoid(node.value(0), { alpha: node.float('alpha', 0.2), beta: node.float('beta', 0.5) }),
};
