import { gradient } from '../autodiff/gradient.ts';
import { mul, stopGradient, sub } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Params } from '../nn/parameters.ts';

/**
 * One step of gradient descent on every tensor of the state, and the loss before it:
 *
 *     s′ = s − α ∂L/∂s
 *
 * `rate` α is one for all, or one per tensor, broadcast to it. With `order: 1` the outer gradient takes ∂L/∂s for a
 * constant.
 */
export function gradientStep(
  state: Params,
  rate: Value | ((name: string) => Value),
  order: 1 | 2,
  lossOf: (state: Params) => Value,
): { state: Params; loss: Value } {
  const loss = lossOf(state);
  const slopes = gradient(loss, Object.values(state));
  const next = Object.entries(state).map(([name, weight], i) => {
    const slope = slopes[i] as Value;
    const alpha = typeof rate === 'function' ? rate(name) : rate;
    return [name, sub(weight, mul(alpha, order === 1 ? stopGradient(slope) : slope))] as const;
  });
  return { state: Object.fromEntries(next), loss };
}
