import { add, div, log, mul, relu, sign, sub } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/** p: sizes below e⁻ᵖ are told apart by the second number alone. */
const DECADES = 10;

/**
 * Numbers of very different sizes as two numbers of about one size:
 *
 *     x → (log|x| / p, sgn x)    where |x| ≥ e⁻ᵖ
 *         (−1, eᵖ x)             elsewhere
 *
 * Written without cases: log max(|x|, e⁻ᵖ) / p, and eᵖ x cut off at ±1. Any shape; both of x's.
 *
 * @see Ravi & Larochelle 2017, §3.2; Andrychowicz et al., NeurIPS 2016, https://arxiv.org/abs/1606.04474, appendix A
 */
export function preprocess(x: Value): readonly [size: Value, direction: Value] {
  const least = Math.exp(-DECADES);
  const size = add(relu(sub(mul(x, sign(x)), least)), least);
  const direction = clip(mul(x, 1 / least));
  return [div(log(size), DECADES), direction];
}

/** x kept within −1 … 1. */
const clip = (x: Value) => sub(1, relu(sub(1, sub(relu(add(x, 1)), 1))));
