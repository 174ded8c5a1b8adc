import { Type } from 'typebox';
import { gradient } from '../../autodiff/gradient.ts';
import {
  add,
  expandLike,
  mul,
  reshape,
  scalar,
  sigmoid,
  slice,
  stopGradient,
  sub,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { type ParameterSpecs, type Params, startAt, weightOf, weightsOf } from '../../nn/parameters.ts';
import { defineAlgorithm } from '../algorithm.ts';
import { scaleGradient } from './scale-gradients.ts';

/** The inputs of a gate, in the order of its weights: scaled gradient and loss, θ, the gate's last value. */
const FEATURES = ['gradient size', 'gradient sign', 'loss size', 'loss sign', 'weight', 'gate'] as const;
const GATES = ['input', 'forget'] as const;
type Gate = (typeof GATES)[number];

/** Name of a weight's gate in the state. */
const gateOf = (gate: Gate, name: string) => `${gate}.${name}`;

/**
 * The LSTM meta-learner: the learner's weights are the cell state of an LSTM that reads their gradients. All coordinates
 * share one LSTM.
 *
 *     θₜ = fₜ ⊙ θₜ₋₁ − iₜ ⊙ ∇ₜ,    ∇ₜ = ∂L(θₜ₋₁; support)/∂θ
 *     iₜ = σ(W_I · [∇ₜ, Lₜ, θₜ₋₁, iₜ₋₁] + b_I)
 *     fₜ = σ(W_F · [∇ₜ, Lₜ, θₜ₋₁, fₜ₋₁] + b_F)
 *
 * Gradient and loss are scaled for the gates, and are constants for the outer gradient (the paper's §3.3). The
 * learned start θ₀ is the initial cell state; a classifier's head starts as in `maml`. State: θ, i and f.
 *
 * We leave out the plain LSTM that the paper's implementation puts before the gates: for conv4 its hidden state would be
 * 20 numbers for each weight. The rate of a request multiplies the change of θ, so a package's default is 1.
 *
 * @see Ravi & Larochelle, ICLR 2017, https://openreview.net/forum?id=rJY0-Kcll, §3.1 to 3.3
 */
export const metaLstm = defineAlgorithm({
  name: 'meta-lstm',
  reference:
    'Ravi & Larochelle, Optimization as a Model for Few-Shot Learning, ICLR 2017, https://openreview.net/forum?id=rJY0-Kcll',
  settings: Type.Object(
    {
      /** Initial bias of the input gate: σ of it is the first learning rate. */
      inputBias: Type.Number({ default: -4 }),
      /** Initial bias of the forget gate: σ of it is the fraction of a weight that a step keeps. */
      forgetBias: Type.Number({ default: 10 }),
    },
    { additionalProperties: false },
  ),

  parameters: (_net, { inputBias, forgetBias }): ParameterSpecs => ({
    'meta.input.weight': startAt(0, [FEATURES.length]),
    'meta.input.bias': startAt(inputBias, []),
    'meta.forget.weight': startAt(0, [FEATURES.length]),
    'meta.forget.bias': startAt(forgetBias, []),
  }),

  init(net, theta, support) {
    const cell = net.instantiate(weightsOf(theta, Object.keys(net.parameters)), support);
    const gates = GATES.flatMap((gate) =>
      Object.entries(cell).map(([name, weight]) => {
        const rest = sigmoid(weightOf(theta, `meta.${gate}.bias`));
        return [gateOf(gate, name), expandLike(rest, weight)] as const;
      }),
    );
    return { ...cell, ...Object.fromEntries(gates) };
  },

  step(net, theta, state, support, rate) {
    const cell = cellOf(state);
    const loss = net.loss(net.forward(cell, support.x), support.y);
    const grads = gradient(loss, Object.values(cell));
    const observed = scaleGradient(stopGradient(loss));
    const next: Record<string, Value> = {};
    for (const [i, [name, weight]] of Object.entries(cell).entries()) {
      const grad = stopGradient(grads[i] as Value);
      const features = [...scaleGradient(grad), ...observed, weight];
      const gateValue = (gate: Gate) => open(theta, gate, [...features, weightOf(state, gateOf(gate, name))]);
      const [input, forget] = [gateValue('input'), gateValue('forget')];
      next[name] = sub(weight, mul(rate, add(mul(sub(1, forget), weight), mul(input, grad))));
      next[gateOf('input', name)] = input;
      next[gateOf('forget', name)] = forget;
    }
    // Keep the order of the state: it is part of the programs' signature.
    return {
      state: Object.fromEntries(Object.keys(state).map((name) => [name, weightOf(next, name)])),
      loss,
    };
  },

  predict: (net, _theta, state, x) => net.forward(cellOf(state), x),
});

/** The learner's weights within the state. */
const cellOf = (state: Params): Params =>
  Object.fromEntries(
    Object.entries(state).filter(([name]) => !GATES.some((gate) => name.startsWith(gateOf(gate, '')))),
  );

/** σ(w · features + b) for every coordinate. Scalars are added first, so that their sum stays a scalar. */
function open(theta: Params, gate: Gate, features: readonly Value[]): Value {
  const weights = weightOf(theta, `meta.${gate}.weight`);
  const weight = (k: number) => reshape(slice(weights, [{ axis: 0, start: k, end: k + 1 }]), []);
  const terms = features.map((feature, k) => mul(weight(k), feature));
  const byRank = terms.toSorted((a, b) => a.shape.length - b.shape.length);
  return sigmoid(byRank.reduce<Value>(add, add(scalar(0), weightOf(theta, `meta.${gate}.bias`))));
}
