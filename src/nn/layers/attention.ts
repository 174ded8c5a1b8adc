import { add, div, exp, gemm, log, matMul, mul, reduceSum, sqrt, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** Added before the square root, so that a row of zeros stays zero and its gradient stays finite. */
const EPSILON = 1e-8;
/**
 * Added before the logarithm, so that a class without attention gets a finite logit. Much smaller than any attention
 * that changes a prediction.
 */
const MIN_ATTENTION = 1e-30;

/** The rows of x [n, d] scaled to length 1: the products of such rows are cosines. */
export function unitRows(x: Value): Value {
  return div(x, sqrt(add(reduceSum(mul(x, x), [1], { keepdims: true }), EPSILON)));
}

/** Cosine of every row of a [n, d] with every row of b [m, d] → [n, m]. The cosine with a row of zeros is 0. */
export function cosines(a: Value, b: Value): Value {
  return gemm(unitRows(a), unitRows(b), { transB: true });
}

/**
 * Logits whose softmax over classes is the attention-weighted sum of the labels,
 *
 *     P(c) = Σᵢ aᵢ yᵢ_c / Σ_c' Σᵢ aᵢ yᵢ_c',    a = softmaxᵢ(s cosᵢ)
 *
 * computed as log Σᵢ yᵢ_c exp(s (cosᵢ − 1)): the normalisation of the attention cancels. Cosines [b, n], labels y [n,
 * ways], scale s [] → [b, ways]. If there are no labels, all classes get the same logit.
 */
export function readLabels(cosine: Value, labels: Value, scale: Value): Value {
  return log(add(matMul(exp(mul(scale, sub(cosine, 1))), labels), MIN_ATTENTION));
}
