import { div, mul, neg, positive, sub } from '../../graph/ops/index.ts';
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
  // Piecewise constant, so the derivative is zero. HardSigmoid is only used as a step function (`positive`).
  Sign: () => [null],
  HardSigmoid: () => [null],
  Equal: () => [null, null],
  // dx = dy where y > 0. The derivative at 0 is taken as 0.
  Relu: (y, dy) => [mul(dy, positive(y))],
  // dx = dy ⊙ y ⊙ (1 − y)
  Sigmoid: (y, dy) => [mul(dy, mul(y, sub(1, y)))],
  // dx = dy ⊙ (1 − y²)
  Tanh: (y, dy) => [mul(dy, sub(1, mul(y, y)))],
};
