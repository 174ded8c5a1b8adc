import { div, logSoftmax, mul, neg, reduceMean, reduceSum, sub } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/**
 * Weighted mean of the cross-entropy over the rows. The weight of a row is the sum of its targets:
 *
 *     L = −Σₙ Σ_c yₙ_c log softmax(zₙ)_c / Σₙ Σ_c yₙ_c
 *
 * Logits z, targets y [N, ways] → []. A row with sum 0.5 counts half; a row of zeros does not count.
 */
export function crossEntropy(logits: Value, y: Value): Value {
  return div(neg(reduceSum(mul(y, logSoftmax(logits)))), reduceSum(y));
}

/** Mean of squared differences over all elements. ŷ, y [N, …output] → []. */
export function meanSquaredError(prediction: Value, y: Value): Value {
  const difference = sub(prediction, y);
  return reduceMean(mul(difference, difference));
}
