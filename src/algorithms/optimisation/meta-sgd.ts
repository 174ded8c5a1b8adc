import { Type } from 'typebox';
import { input } from '../../graph/ops/index.ts';
import { parameterInputs, startAt, weightOf, weightsOf } from '../../nn/parameters.ts';
import { defineAlgorithm } from '../algorithm.ts';
import { gradientStep } from './gradient-step.ts';

/** Name of a weight's rate among the meta-parameters. */
const rateOf = (name: string) => `rate.${name}`;

/**
 * Meta-SGD: like MAML, but with a learned rate for every weight. A rate may be negative, because direction and length
 * of the step are learned together.
 *
 *     θ′ = θ − α ∘ ∇L(θ; support)
 *
 * A head has as many columns as the task has classes; its rates are shared across the classes. The `rate` of a request
 * multiplies the learned rates, so a package's default is 1.
 *
 * @see Li, Zhou, Chen & Li 2017, https://arxiv.org/abs/1707.09835, eq. 2 and Algorithm 1
 */
export const metaSgd = defineAlgorithm({
  name: 'meta-sgd',
  reference: 'Li, Zhou, Chen & Li, Meta-SGD, 2017, https://arxiv.org/abs/1707.09835',
  settings: Type.Object(
    {
      order: Type.Union([Type.Literal(1), Type.Literal(2)], { default: 2 }),
      /** Initial value of every learned rate. */
      initialRate: Type.Number({ exclusiveMinimum: 0, default: 0.01 }),
    },
    { additionalProperties: false },
  ),

  parameters(net, { initialRate }) {
    const support = { x: input('x', ['N', ...net.inputShape]), y: input('y', ['N', ...net.outputShape]) };
    const adapted = net.instantiate(parameterInputs(net.parameters), support);
    return Object.fromEntries(
      Object.entries(adapted).map(([name, { shape }]) => [
        rateOf(name),
        startAt(
          initialRate,
          shape.map((dim) => (typeof dim === 'number' ? dim : 1)),
        ),
      ]),
    );
  },

  init(net, theta, support) {
    return net.instantiate(weightsOf(theta, Object.keys(net.parameters)), support);
  },

  step: (net, theta, state, support, rate, { order }) =>
    gradientStep(
      state,
      rate,
      order,
      (weights) => net.loss(net.forward(weights, support.x), support.y),
      (name) => weightOf(theta, rateOf(name)),
    ),

  predict: (net, _theta, state, x) => net.forward(state, x),
});
