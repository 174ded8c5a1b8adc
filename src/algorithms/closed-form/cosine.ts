import { Type } from 'typebox';
import { gemm, mul, reshape } from '../../graph/ops/index.ts';
import { classesOf } from '../../nn/heads/classes.ts';
import { cosineHeads } from '../../nn/heads/linear-heads.ts';
import { temperatureParameters, temperatures } from '../../nn/heads/temperature.ts';
import { unitRows } from '../../nn/layers/attention.ts';
import { weightOf } from '../../nn/parameters.ts';
import { defineAlgorithm } from '../algorithm.ts';

/**
 * Cosine prototypes: a query belongs to the class whose mean has the largest cosine with it.
 *
 *     logits_k = τ cos(f(x), mean of f over class k)
 *
 * No steps. State: the prototypes, of length τ. The temperature τ is learned; it depends on the numbers of examples
 * and of classes.
 *
 * @see Snell, Swersky & Zemel, NeurIPS 2017, https://arxiv.org/abs/1703.05175; with cosines and a learned temperature: Chen,
 * Liu, Xu, Darrell & Wang, ICCV 2021, https://arxiv.org/abs/2003.04390, §3.3
 */
export const cosine = defineAlgorithm({
  name: 'cosine',
  reference:
    'Snell, Swersky & Zemel, Prototypical Networks, NeurIPS 2017, with cosines: Chen, Liu, Xu, Darrell & Wang, ' +
    'Meta-Baseline, ICCV 2021, https://arxiv.org/abs/2003.04390',
  task: 'classification',
  settings: Type.Object(
    {
      /** Initial value of the temperature. */
      temperature: Type.Number({ exclusiveMinimum: 0, default: 10 }),
    },
    { additionalProperties: false },
  ),

  parameters: (_net, { temperature }) => temperatureParameters('temperature', temperature),

  init(net, theta, { x, y }) {
    const classes = classesOf(y);
    const { weight } = cosineHeads(unitRows(net.embed(theta, x)), y, classes);
    return { weight: mul(weight, reshape(temperatures(theta, 'temperature', classes), [])) };
  },

  predict: (net, theta, state, x) => gemm(unitRows(net.embed(theta, x)), weightOf(state, 'weight')),
});
