import { Type } from 'typebox';
import { add, exp, gemm, mul, reduceSum, reshape } from '../../graph/ops/index.ts';
import { classesOf } from '../../nn/heads/classes.ts';
import { ridgeHeads } from '../../nn/heads/linear-heads.ts';
import { ridgeFit } from '../../nn/heads/ridge.ts';
import { temperatureParameters, temperatures } from '../../nn/heads/temperature.ts';
import { startAt, weightOf } from '../../nn/parameters.ts';
import { defineAlgorithm } from '../algorithm.ts';

/** The smallest λ. Below it, the inverse of hundreds of examples loses too many digits in float32. */
export const MIN_LAMBDA = 0.2;

/**
 * Ridge regression in closed form, which is differentiable: the labels (or targets) are regressed on the features.
 *
 *     W = Zᵀ (Z Zᵀ + λI)⁻¹ Y,    logits = τ (f(x) W + b)
 *
 * No steps. State: W and b. λ is meta-learned, and for classification also the temperature τ. Differences from the paper:
 * features are centred on the support set, classes count alike whatever their number of examples, and λ has the lower
 * bound `MIN_LAMBDA`. Features should have a length of about 1.
 *
 * @see Bertinetto, Henriques, Torr & Vedaldi, ICLR 2019, https://arxiv.org/abs/1805.08136, §3.2
 */
export const ridge = defineAlgorithm({
  name: 'ridge',
  reference:
    'Bertinetto, Henriques, Torr & Vedaldi, Meta-Learning with Differentiable Closed-Form Solvers, ICLR 2019, ' +
    'https://arxiv.org/abs/1805.08136',
  settings: Type.Object(
    {
      /** Initial value of λ − 0.2. */
      lambda: Type.Number({ exclusiveMinimum: 0, default: 0.3 }),
      /** Initial value of the temperature. */
      temperature: Type.Number({ exclusiveMinimum: 0, default: 10 }),
    },
    { additionalProperties: false },
  ),

  parameters: (net, { lambda, temperature }) => ({
    'ridge.lambda': startAt(Math.log(lambda), [1, 1]),
    ...(net.task === 'classification' && temperatureParameters('temperature', temperature)),
  }),

  init(net, theta, { x, y }) {
    const z = net.embed(theta, x);
    const lambda = add(exp(weightOf(theta, 'ridge.lambda')), MIN_LAMBDA);
    if (net.task === 'regression') {
      const one = add(mul(reduceSum(y, [1], { keepdims: true }), 0), 1);
      const { weight, bias } = ridgeFit({ features: z, targets: y, weights: one, removed: one }, lambda);
      return { weight, bias };
    }
    const classes = classesOf(y);
    const { weight, bias } = ridgeHeads(z, classes, lambda);
    const temperature = reshape(temperatures(theta, 'temperature', classes), []);
    return { weight: mul(weight, temperature), bias: mul(bias, temperature) };
  },

  predict: (net, theta, state, x) =>
    gemm(net.embed(theta, x), weightOf(state, 'weight'), { plus: weightOf(state, 'bias') }),
});
