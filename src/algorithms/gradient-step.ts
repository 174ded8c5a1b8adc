import { gradient } from '../autodiff/gradient.ts';
import { add, mul, neg, stopGradient } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Params } from '../nn/parameters.ts';

/**
 * One step of gradient descent on every tensor of the state, and the loss before it:
 *
 *     s′ = s + ∂(−α L)/∂s        or, with a factor per tensor,        s′ = s + β_s ∂(−α L)/∂s
 *
 * The rate α [] multiplies the loss, one number, instead of every slope, and the update is then an addition, which a
 * matrix product takes in. `factor` β is broadcast to its tensor. With `order: 1` the outer gradient takes the slope
 * for a constant.
 */
export function gradientStep(
  state: Params,
  rate: Value,
  order: 1 | 2,
  lossOf: (state: Params) => Value,
  factor?: (name: string) => Value,
): { state: Params; loss: Value } {
  const loss = lossOf(state);
  const moves = gradient(mul(neg(rate), loss), Object.values(state));
  const next = Object.entries(state).map(([name, weight], i) => {
    const found = moves[i] as Value;
    const move = order === 1 ? stopGradient(found) : found;
    return [name, add(weight, factor ? mul(factor(name), move) : move)] as const;
  });
  return { state: Object.fromEntries(next), loss };
}
