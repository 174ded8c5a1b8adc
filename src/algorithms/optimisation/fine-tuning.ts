import { Type } from 'typebox';
import { defineAlgorithm } from '../algorithm.ts';
import { gradientStep } from './gradient-step.ts';

/**
 * Plain fine-tuning: gradient descent on the support set from the weights as they are. Nothing is meta-trained: it is the
 * baseline for the other algorithms. The head starts as in `maml`.
 *
 * @see Triantafillou et al. 2020, https://arxiv.org/abs/1903.03096, §3 (the baseline Finetune)
 */
export const fineTuning = defineAlgorithm({
  name: 'fine-tuning',
  reference: 'Triantafillou et al., Meta-Dataset, ICLR 2020, https://arxiv.org/abs/1903.03096',
  settings: Type.Object({}, { additionalProperties: false }),

  init: (net, theta, support) => net.instantiate(theta, support),

  step: (net, _theta, state, support, rate) =>
    gradientStep(state, rate, 1, (weights) => net.loss(net.forward(weights, support.x), support.y)),

  predict: (net, _theta, state, x) => net.forward(state, x),

  metaGradient: () => ({}),
});
