import { Type } from 'typebox';
import { weightOf } from '../../nn/parameters.ts';
import { negativeSquaredDistances, prototypes } from '../../nn/prototypes.ts';
import { defineAlgorithm } from '../algorithm.ts';

/**
 * Prototypical Networks: a class is the mean of its embedded examples, and a query belongs to the class with the
 * nearest mean.
 *
 *     c_k = mean of f_θ(x) over class k,    logits_k = −‖f_θ(x) − c_k‖²
 *
 * No steps: the prototypes are the whole adaptation. Squared Euclidean distance, as in the paper.
 *
 * @see Snell, Swersky & Zemel, NeurIPS 2017, https://arxiv.org/abs/1703.05175, eq. 1 and 2
 */
export const protonets = defineAlgorithm({
  name: 'protonets',
  reference: 'Snell, Swersky & Zemel, Prototypical Networks, NeurIPS 2017, https://arxiv.org/abs/1703.05175',
  task: 'classification',
  settings: Type.Object({}, { additionalProperties: false }),

  init(net, theta, { x, y }) {
    const { prototypes: centres, weights } = prototypes(net.embed(theta, x), y);
    return { prototypes: centres, weights };
  },

  predict: (net, theta, state, x) =>
    negativeSquaredDistances(net.embed(theta, x), weightOf(state, 'prototypes')),
});
