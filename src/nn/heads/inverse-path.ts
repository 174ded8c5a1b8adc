import { add, div, eyeLike, mul, reduceSum, reshape, sqrt, stopGradient } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { newtonSchulzStep, type Regularised } from './inverse.ts';

/** Steps from the first guess: enough for a condition number of 4000. */
const FIRST_STEPS = 15;
/** Steps from the inverse for the λ before, which is ten times as large. */
const NEXT_STEPS = 7;

/**
 * (K + λI)⁻¹ of matrices K [k, n, n] for each of several λ, the largest first, each at most ten times the next. The inverse
 * for one λ is a good first guess for the next: all eigenvalues of the product with it are between 0.1 and 1.
 * @see `regularisedInverse`
 */
export function inversePath(gram: Value, lambdas: readonly number[]): readonly Regularised[] {
  const [n = 1] = gram.shape.slice(-1);
  const identity = eyeLike(reshape(reduceSum(gram, [0]), [n, n]));
  const norm = sqrt(reduceSum(mul(gram, gram), [1, 2], { keepdims: true }));
  let guess: Value = mul(identity, div(2, add(stopGradient(norm), 2 * (lambdas[0] ?? 1))));
  return lambdas.map((lambda, i) => {
    const matrix = add(gram, mul(identity, lambda));
    const fixed = stopGradient(matrix);
    for (let k = 1; k < (i === 0 ? FIRST_STEPS : NEXT_STEPS); k++) guess = newtonSchulzStep(fixed, guess);
    const inverse = newtonSchulzStep(matrix, stopGradient(guess));
    guess = stopGradient(inverse);
    return { matrix, inverse };
  });
}
