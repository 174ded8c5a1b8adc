import { and, div, greater, less, mul, neg, positive, sub, where } from '../../graph/ops/index.ts';
import type { ElementwiseOps } from '../../graph/value.ts';
import { inputOf } from '../../graph/value.ts';
import type { FamilyRules } from '../rule.ts';
import { sumToShape } from '../sum-to-shape.ts';

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
  Neg: (_, dy) => [neg(dy)],
  // dx = dy ⊙ eˣ
  Exp: (y, dy) => [mul(dy, y)],
  // dx = dy / x
  Log: (y, dy) => [div(dy, inputOf(y, 0))],
  // dx = dy / 2√x
  Sqrt: (y, dy) => [div(dy, mul(y, 2))],
  // Piecewise constant, so the derivative is zero.
  Sign: () => [null],
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
  // dx = dy where y > 0. The derivative at 0 is taken as 0.
  Relu: (y, dy) => [mul(dy, positive(y))],
  // dx = dy ⊙ y ⊙ (1 − y)
  Sigmoid: (y, dy) => [mul(dy, mul(y, sub(1, y)))],
  // dx = dy ⊙ (1 − y²)
  Tanh: (y, dy) => [mul(dy, sub(1, mul(y, y)))],
};
