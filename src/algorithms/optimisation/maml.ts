import { Type } from 'typebox';
import { defineAlgorithm } from '../algorithm.ts';
import { gradientStep } from './gradient-step.ts';

/**
 * Model-Agnostic Meta-Learning: adapt by gradient descent on the support set.
 *
 *     θ₀ = θ,    θₖ₊₁ = θₖ − α ∇L(θₖ; support)
 *
 * With `order: 1` each inner gradient is a constant for the outer gradient (FOMAML). Difference from the paper: the
 * head of a classifier starts from the prototypes of the support set instead of from meta-learned weights per class, so
 * one package serves any number of classes (Triantafillou et al. 2020, arXiv:1903.03096, Proto-MAML).
 *
 * @see Finn, Abbeel & Levine, ICML 2017, https://arxiv.org/abs/1703.03400, Algorithm 1, line 6; first-order variant: §5.2
 */
export const maml = defineAlgorithm({
  name: 'maml',
  reference:
    'Finn, Abbeel & Levine, Model-Agnostic Meta-Learning, ICML 2017, https://arxiv.org/abs/1703.03400',
  settings: Type.Object(
    { order: Type.Union([Type.Literal(1), Type.Literal(2)], { default: 2 }) },
    { additionalProperties: false },
  ),

  init: (net, theta, support) => net.instantiate(theta, support),

  step: (net, _theta, state, support, rate, { order }) =>
    gradientStep(state, rate, order, (weights) => net.loss(net.forward(weights, support.x), support.y)),

  predict: (net, _theta, state, x) => net.forward(state, x),
});
