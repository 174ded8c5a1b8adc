import { add, div, exp, gemm, log, matMul, mul, reduceSum, sqrt, sub } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/** Under the root: a row of zeros stays zeros, and its gradient finite. */
const EPSILON = 1e-8;
/** Keeps the logarithm finite where attention to a class is nothing; far below any attention that matters. */
const LEAST = 1e-30;

/** Rows of x [n, d] at length 1: the products of such rows are cosines. */
export function unitRows(x: Value): Value {
  return div(x, sqrt(add(reduceSum(mul(x, x), [1], { keepdims: true }), EPSILON)));
}

/** Cosine of every row of a [n, d] with every row of b [m, d] → [n, m]. A row of zeros is at right angles to all. */
export function cosines(a: Value, b: Value): Value {
  return gemm(unitRows(a), unitRows(b), { transB: true });
}

/**
 * Logits whose softmax over classes is what attention reads from the labels,
 *
 *     P(c) = Σᵢ aᵢ yᵢ_c / Σ_c' Σᵢ aᵢ yᵢ_c',    a = softmaxᵢ(s cosᵢ)
 *
 * as log Σᵢ yᵢ_c exp(s (cosᵢ − 1)): what would normalise the attention cancels. Cosines [b, n], labels y [n, ways], scale
 * s [] → [b, ways]. Where nothing is labelled all classes are equal.
 */
export function readLabels(cosine: Value, labels: Value, scale: Value): Value {
  return log(add(matMul(exp(mul(scale, sub(cosine, 1))), labels), LEAST));
}
