import { gradient } from '../../autodiff/gradient.ts';
import { add, mul, neg, stopGradient } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import type { Params } from '../../nn/parameters.ts';

/**
 * One step of gradient descent on every tensor of the state, and the loss before it:
 *
 *     s′ = s + ∂(−α L)/∂s        or, with a factor per tensor,        s′ = s + β_s ∂(−α L)/∂s
 *
 * The rate α [] multiplies the loss instead of the gradients, because the loss is a single number. The update is then
 * only an addition, which can be fused into a matrix product. `factor` β is broadcast to its tensor. With `order: 1`
 * the inner gradient is a constant for the outer gradient.
 */
export function gradientStep(
  state: Params,
  rate: Value,
  order: 1 | 2,
  lossOf: (state: Params) => Value,
  factor?: (name: string) => Value,
): { state: Params; loss: Value } {
  const loss = lossOf(state);
  const grads = gradient(mul(neg(rate), loss), Object.values(state));
  const next = Object.entries(state).map(([name, weight], i) => {
    const exact = grads[i] as Value;
    const grad = order === 1 ? stopGradient(exact) : exact;
    return [name, add(weight, factor ? mul(factor(name), grad) : grad)] as const;
  });
  return { state: Object.fromEntries(next), loss };
}
