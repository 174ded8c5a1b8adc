import {
  add,
  div,
  eyeLike,
  matMul,
  mul,
  reduceSum,
  reshape,
  sqrt,
  stopGradient,
  sub,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/**
 * Steps of the iteration. Each step squares the error, so 20 steps reach the precision of float32 up to a condition
 * number of 10⁵.
 */
const STEPS = 20;
/** How often `solve` solves again for the residual. */
const REFINEMENTS = 2;

/** A = K + λI and its inverse, for a stack of matrices [.., n, n]. */
export interface Regularised {
  readonly matrix: Value;
  readonly inverse: Value;
}

/**
 * (K + λI)⁻¹ for positive semidefinite K [.., n, n] and λ > 0 [.., 1, 1]. ONNX has no solver, so this is the
 * Newton–Schulz iteration
 *
 *     X₀ = c I,    Xₖ₊₁ = 2 Xₖ − Xₖ A Xₖ
 *
 * which converges for c = 2 / (‖K‖ + 2λ), because all eigenvalues of A are between λ and ‖K‖ + λ. ‖K‖ is the Frobenius
 * norm. Only the last step is differentiated: at the solution its derivative −X dA X is exactly that of the inverse.
 *
 * @see Ben-Israel & Cohen 1966, On iterative computation of generalized inverses, SIAM J. Numer. Anal. 3
 */
export function regularisedInverse(gram: Value, lambda: Value): Regularised {
  const [n = 1] = gram.shape.slice(-1);
  const rank = gram.shape.length;
  // The sum over leading axes has the shape of one matrix, which is all that `eyeLike` reads.
  const one = reduceSum(
    gram,
    Array.from({ length: rank - 2 }, (_, i) => i),
  );
  const identity = eyeLike(reshape(one, [n, n]));
  const matrix = add(gram, mul(identity, lambda));
  const [a, regulariser] = [stopGradient(matrix), stopGradient(lambda)];
  const norm = sqrt(
    reduceSum(mul(stopGradient(gram), stopGradient(gram)), [rank - 2, rank - 1], { keepdims: true }),
  );
  let x: Value = mul(identity, div(2, add(norm, mul(regulariser, 2))));
  for (let k = 1; k < STEPS; k++) x = newtonSchulzStep(a, x);
  return { matrix, inverse: newtonSchulzStep(matrix, stopGradient(x)) };
}

/** X ↦ 2X − XAX */
export const newtonSchulzStep = (a: Value, x: Value): Value => sub(mul(x, 2), matMul(x, matMul(a, x)));

/** A⁻¹ b for b [.., n, m]. Solves again for the residual, because products in float32 lose digits. */
export function solve({ matrix, inverse }: Regularised, b: Value): Value {
  let x: Value = matMul(inverse, b);
  for (let k = 0; k < REFINEMENTS; k++) x = add(x, matMul(inverse, sub(b, matMul(matrix, x))));
  return x;
}
