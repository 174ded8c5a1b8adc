import { Type } from 'typebox';
import { stopGradient, sub } from '../../graph/ops/index.ts';
import { defineAlgorithm } from '../algorithm.ts';
import { gradientStep } from './gradient-step.ts';

/**
 * Reptile: adapts like MAML, but meta-training moves the weights towards the adapted weights.
 *
 *     φ = θ after k steps,    the outer optimiser uses θ − φ as the gradient
 *
 * The inner loop is never differentiated. A head that `init` makes from the support set has no θ, so it is not
 * meta-learned.
 *
 * @see Nichol, Achiam & Schulman 2018, https://arxiv.org/abs/1803.02999, Algorithm 2 (with Adam, as in §6)
 */
export const reptile = defineAlgorithm({
  name: 'reptile',
  reference:
    'Nichol, Achiam & Schulman, On First-Order Meta-Learning Algorithms, 2018, https://arxiv.org/abs/1803.02999',
  settings: Type.Object({}, { additionalProperties: false }),

  init: (net, theta, support) => net.instantiate(theta, support),

  step: (net, _theta, state, support, rate) =>
    gradientStep(state, rate, 1, (weights) => net.loss(net.forward(weights, support.x), support.y)),

  predict: (net, _theta, state, x) => net.forward(state, x),

  metaGradient: (theta, adapted) =>
    Object.fromEntries(
      Object.entries(theta).flatMap(([name, weight]) => {
        const phi = adapted[name];
        return phi ? [[name, stopGradient(sub(weight, phi))]] : [];
      }),
    ),
});
