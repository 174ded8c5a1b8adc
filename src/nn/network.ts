import { add, matMul, mul } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Dim } from '../onnx/dim.ts';
import type { Encoder } from './encoder.ts';
import { crossEntropy, meanSquaredError } from './losses.ts';
import { type ParameterSpecs, type Params, startAt, weightOf } from './parameters.ts';
import { prototypeHead, prototypes } from './prototypes.ts';

/** Labelled examples as graph values: x [N, …input]; y one-hot [N, ways], or targets [N, …output]. */
export interface Support {
  readonly x: Value;
  readonly y: Value;
}

/** What an algorithm adapts: a network that can be made for any task from meta-parameters. */
export interface Network {
  readonly task: 'classification' | 'regression';
  readonly inputShape: readonly number[];
  /** Shape of one output row. */
  readonly outputShape: readonly Dim[];
  /** Meta-parameters: what meta-training learns. */
  readonly parameters: ParameterSpecs;
  /** The weights a task starts from: θ, and for classification a head for its own classes. */
  instantiate(theta: Params, support: Support): Params;
  /** x [B, …input] → [B, …output] under a task's weights. */
  forward(params: Params, x: Value): Value;
  /** Names of the adapted weights that make up the last layer. */
  readonly head: readonly string[];
  /** Width d of its features. */
  readonly features: number;
  /** Features [N, d] under θ. */
  embed(theta: Params, x: Value): Value;
  loss(output: Value, y: Value): Value;
}

/**
 * Squared distances between features run to tens. At scale 1 a head made of prototypes fits its own support set
 * already, and the gradient of a fitted example is zero; at a tenth there is something left to learn from.
 */
const HEAD_SCALE = 0.1;

/**
 * An encoder with a linear head over its features. The head is made from the support set, one column per class
 * from its prototype, so that any number of classes can be told apart before the first step; `head.scale`, learned
 * with the rest, sets how sure it starts.
 */
export function classifier(encoder: Encoder): Network {
  return {
    task: 'classification',
    inputShape: encoder.inputShape,
    outputShape: ['ways'],
    parameters: { ...encoder.parameters, 'head.scale': startAt(HEAD_SCALE, []) },
    instantiate(theta, { x, y }) {
      const scale = weightOf(theta, 'head.scale');
      const head = prototypeHead(prototypes(encoder.apply(theta, x), y).prototypes);
      const { 'head.scale': _, ...body } = theta;
      return { ...body, 'head.weight': mul(head.weight, scale), 'head.bias': mul(head.bias, scale) };
    },
    forward: (params, x) =>
      add(matMul(encoder.apply(params, x), weightOf(params, 'head.weight')), weightOf(params, 'head.bias')),
    head: ['head.weight', 'head.bias'],
    features: encoder.features,
    embed: encoder.apply,
    loss: crossEntropy,
  };
}

/** An encoder whose features are the answer. */
export function regressor(encoder: Encoder): Network {
  return {
    task: 'regression',
    inputShape: encoder.inputShape,
    outputShape: [encoder.features],
    parameters: encoder.parameters,
    instantiate: (theta) => theta,
    forward: encoder.apply,
    head: encoder.lastLayer,
    features: encoder.features,
    embed: encoder.apply,
    loss: meanSquaredError,
  };
}
