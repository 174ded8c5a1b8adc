import { Type } from 'typebox';
import { defineAlgorithm } from '../algorithm.ts';
import { gradientStep } from './gradient-step.ts';

/**
 * Almost No Inner Loop: like MAML, but only the head is adapted. The body is the same for every task and is a constant
 * of the programs. The state is only the head: a few kilobytes per task.
 *
 *     hₖ₊₁ = hₖ − α ∂L(f_{θ,hₖ}; support)/∂h
 *
 * The head starts as in `maml`.
 *
 * @see Raghu, Raghu, Bengio & Vinyals, ICLR 2020, https://arxiv.org/abs/1909.09157, §4.2
 */
export const anil = defineAlgorithm({
  name: 'anil',
  reference:
    'Raghu, Raghu, Bengio & Vinyals, Rapid Learning or Feature Reuse?, ICLR 2020, https://arxiv.org/abs/1909.09157',
  settings: Type.Object(
    { order: Type.Union([Type.Literal(1), Type.Literal(2)], { default: 2 }) },
    { additionalProperties: false },
  ),

  init(net, theta, support) {
    const all = net.instantiate(theta, support);
    return Object.fromEntries(Object.entries(all).filter(([name]) => net.head.includes(name)));
  },

  step: (net, theta, state, support, rate, { order }) =>
    gradientStep(state, rate, order, (head) =>
      net.loss(net.forward({ ...theta, ...head }, support.x), support.y),
    ),

  predict: (net, theta, state, x) => net.forward({ ...theta, ...state }, x),
});
