import { add, div, log, mul, relu, sign, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** p below: for |x| under e⁻ᵖ, the first number is −1, and only the second one varies. */
const P = 10;

/**
 * Scales gradients (and losses): turns a number of any magnitude into two numbers of magnitude about 1:
 *
 *     x → (log|x| / p, sgn x)    where |x| ≥ e⁻ᵖ
 *         (−1, eᵖ x)             elsewhere
 *
 * Both are computed without a case distinction, as log max(|x|, e⁻ᵖ) / p and as eᵖ x clipped to ±1. Elementwise: both
 * results have the shape of x.
 *
 * @see Ravi & Larochelle 2017, §3.2; Andrychowicz et al., NeurIPS 2016, https://arxiv.org/abs/1606.04474, appendix A
 */
export function scaleGradient(x: Value): readonly [size: Value, direction: Value] {
  const least = Math.exp(-P);
  const size = add(relu(sub(mul(x, sign(x)), least)), least);
  const direction = clip(mul(x, 1 / least));
  return [div(log(size), P), direction];
}

/** x clipped to −1 … 1. */
const clip = (x: Value) => sub(1, relu(sub(1, sub(relu(add(x, 1)), 1))));
