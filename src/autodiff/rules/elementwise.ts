import {
  add,
  and,
  cast,
  cos,
  div,
  equal,
  exp,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  log,
  mul,
  neg,
  positive,
  pow,
  scalarOf,
  sigmoid,
  sign,
  sin,
  stopGradient,
  sub,
  where,
} from '../../graph/ops/index.ts';
import type { ElementwiseOps } from '../../graph/value.ts';
import { inputOf, type Value } from '../../graph/value.ts';
import { positiveOrHuge } from '../positive-or-huge.ts';
import type { FamilyRules, GradientRule } from '../rule.ts';
import { sumToShape } from '../sum-to-shape.ts';

/** dxᵢ = dy / ties where xᵢ = y; `ties` is the number of such inputs. */
const shared: GradientRule<'Max' | 'Min'> = (y, dy) => {
  const chosen = y.inputs.map((x) => cast(equal(x, y), 'float32'));
  const share = div(
    dy,
    chosen.reduce((a, b) => add(a, b)),
  );
  return y.inputs.map((x, i) => sumToShape(mul(share, chosen[i] as Value), x.shape));
};

/** p − 1: a plain number if p is a scalar constant, so that the power can be written in simpler operators. */
function minusOne(p: Value): Value | number {
  const exponent = scalarOf(p);
  return exponent === null ? sub(p, 1) : exponent - 1;
}

/** In the formulas y is the output; a and b (or x) are the inputs. `sumToShape` undoes broadcasting. */
export const elementwiseRules: FamilyRules<ElementwiseOps> = {
  // da = dy, db = dy
  Add: (y, dy) => y.inputs.map(({ shape }) => sumToShape(dy, shape)),
  // da = dy, db = −dy
  Sub: (y, dy) => [sumToShape(dy, inputOf(y, 0).shape), neg(sumToShape(dy, inputOf(y, 1).shape))],
  // da = dy ⊙ b, db = dy ⊙ a; for a square, 2 dy ⊙ a
  Mul(y, dy) {
    const [a, b] = [inputOf(y, 0), inputOf(y, 1)];
    if (a === b) return [mul(mul(dy, 2), a), null];
    return [sumToShape(mul(dy, b), a.shape), sumToShape(mul(dy, a), b.shape)];
  },
  // da = dy / b, db = −(dy / b) ⊙ y
  Div(y, dy) {
    const [a, b] = [inputOf(y, 0), inputOf(y, 1)];
    const da = div(dy, b);
    return [sumToShape(da, a.shape), neg(sumToShape(mul(da, y), b.shape))];
  },
  // The inputs that tie for the largest share dy.
  Max: shared,
  Min: shared,
  // dx = dy where y is strictly between its bounds; at the bounds the derivative is 0. Where a bound limits x, the bound gets
  // dy. Read from y, not from x, so that the runtime can compute x and y as one operator.
  Clip(y, dy) {
    const [x, low, high] = [inputOf(y, 0), inputOf(y, 1), inputOf(y, 2)];
    return [
      mul(dy, cast(and(greater(y, low), less(y, high)), 'float32')),
      sumToShape(where(less(x, low), dy, 0), []),
      sumToShape(where(greater(x, high), dy, 0), []),
    ];
  },
  // da = dy; of floats db = −dy ⊙ (the whole part of a / b) = dy ⊙ (y − a) / b. Of integers there is no derivative.
  Mod(y, dy) {
    const [a, b] = [inputOf(y, 0), inputOf(y, 1)];
    return [sumToShape(dy, a.shape), sumToShape(mul(dy, stopGradient(div(sub(y, a), b))), b.shape)];
  },
  // dx = dy ⊙ p xᵖ⁻¹, dp = dy ⊙ y ⊙ log x where x > 0. For 0 ≤ p < 1, dx is taken as 0 where x ≤ 0.
  Pow(y, dy) {
    const [x, p] = [inputOf(y, 0), inputOf(y, 1)];
    const logarithm = log(where(greater(x, 0), x, 1));
    const power = scalarOf(p) ?? Number.NaN;
    const isFlat = and(lessOrEqual(x, 0), and(greaterOrEqual(p, 0), less(p, 1)));
    const slope =
      power < 0 || power >= 1 ? pow(x, minusOne(p)) : where(isFlat, 0, pow(where(isFlat, 1, x), minusOne(p)));
    return [sumToShape(mul(dy, mul(p, slope)), x.shape), sumToShape(mul(dy, mul(y, logarithm)), p.shape)];
  },
  Neg: (_, dy) => [neg(dy)],
  // dx = dy ⊙ sign x
  Abs: (y, dy) => [mul(dy, sign(inputOf(y, 0)))],
  // dx = −dy ⊙ y²
  Reciprocal: (y, dy) => [neg(mul(dy, mul(y, y)))],
  // dx = dy ⊙ cos x
  Sin: (y, dy) => [mul(dy, cos(inputOf(y, 0)))],
  // dx = −dy ⊙ sin x
  Cos: (y, dy) => [neg(mul(dy, sin(inputOf(y, 0))))],
  // dx = dy ⊙ eˣ
  Exp: (y, dy) => [mul(dy, y)],
  // dx = dy / x
  Log: (y, dy) => [div(dy, inputOf(y, 0))],
  // dx = dy / 2√x. The derivative at 0 is taken as 0.
  Sqrt: (y, dy) => [div(dy, mul(positiveOrHuge(y), 2))],
  // Piecewise constant, so the derivative is zero.
  Sign: () => [null],
  Floor: () => [null],
  Ceil: () => [null],
  Round: () => [null],
  Step: () => [null],
  Equal: () => [null, null],
  Less: () => [null, null],
  LessOrEqual: () => [null, null],
  Greater: () => [null, null],
  GreaterOrEqual: () => [null, null],
  And: () => [null, null],
  Or: () => [null, null],
  Not: () => [null],
  IsNaN: () => [null],
  // da = dy where the condition is true, db = dy elsewhere
  Where(y, dy) {
    const [condition, a, b] = [inputOf(y, 0), inputOf(y, 1), inputOf(y, 2)];
    return [null, sumToShape(where(condition, dy, 0), a.shape), sumToShape(where(condition, 0, dy), b.shape)];
  },
  // Between floats dx = dy. A cast from or to another type is piecewise constant, so there the derivative is zero.
  Cast: (y, dy) => [y.dtype === 'float32' && inputOf(y, 0).dtype === 'float32' ? dy : null],
  // dx = α dy where the result is strictly between its bounds. The derivative at the bounds is taken as 0.
  HardSigmoid: (y, dy) => [where(and(greater(y, 0), less(y, 1)), mul(dy, y.attributes.alpha), 0)],
  // dx = dy ⊙ 2/√π ⊙ exp(−x²)
  Erf(y, dy) {
    const x = inputOf(y, 0);
    return [mul(mul(dy, 2 / Math.sqrt(Math.PI)), exp(neg(mul(x, x))))];
  },
  // dx = dy where y > 0. The derivative at 0 is taken as 0.
  Relu: (y, dy) => [mul(dy, positive(y))],
  // dx = dy where x > 0, α dy elsewhere
  LeakyRelu: (y, dy) => [where(greater(inputOf(y, 0), 0), dy, mul(dy, y.attributes.alpha))],
  // dx = dy where x > 0, dy ⊙ (y + α) elsewhere
  Elu: (y, dy) => [where(greater(inputOf(y, 0), 0), dy, mul(dy, add(y, y.attributes.alpha)))],
  // dx = γ dy where x > 0, dy ⊙ (y + γα) elsewhere
  Selu(y, dy) {
    const { alpha, gamma } = y.attributes;
    return [where(greater(inputOf(y, 0), 0), mul(dy, gamma), mul(dy, add(y, gamma * alpha)))];
  },
  // dx = dy ⊙ sigmoid x
  Softplus: (y, dy) => [mul(dy, sigmoid(inputOf(y, 0)))],
  // dx = dy ⊙ y ⊙ (1 − y)
  Sigmoid: (y, dy) => [mul(dy, mul(y, sub(1, y)))],
  // dx = dy ⊙ (1 − y²)
  Tanh: (y, dy) => [mul(dy, sub(1, mul(y, y)))],
};
