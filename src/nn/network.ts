import { add, matMul, mul } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Dim, Shape } from '../onnx/dim.ts';
import type { Encoder, Part } from './encoder.ts';
import { crossEntropy, meanSquaredError } from './losses.ts';
import { type ParameterSpecs, type Params, startAt, weightOf } from './parameters.ts';
import { prototypeHead, prototypes } from './prototypes.ts';

/** Labelled examples as graph values: x [N, …input]; y one-hot [N, ways], or targets [N, …output]. */
export interface Support {
  readonly x: Value;
  readonly y: Value;
}

/** A network that an algorithm adapts: meta-parameters turn it into a network for any task. */
export interface Network {
  readonly task: 'classification' | 'regression';
  /** `d` is a size that each task has for itself. */
  readonly inputShape: Shape;
  /** Shape of one output row. */
  readonly outputShape: readonly Dim[];
  /** Meta-parameters: the parameters that meta-training learns. */
  readonly parameters: ParameterSpecs;
  /** The weights that a task starts from: θ and, for classification, a head for the task's classes. */
  instantiate(theta: Params, support: Support): Params;
  /** x [B, …input] → [B, …output] with the weights of a task. */
  forward(params: Params, x: Value): Value;
  /** Names of the adapted weights that make up the last layer. */
  readonly head: readonly string[];
  /** Width of its features; 0 if each task has its own. */
  readonly features: number;
  /** Groups of columns of the features. */
  readonly parts: readonly Part[];
  /** Features [N, d] under θ. */
  embed(theta: Params, x: Value): Value;
  loss(output: Value, y: Value): Value;
}

/**
 * Initial scale of a head that is made of prototypes. Squared distances between features reach tens, so at scale 1 the
 * head already fits its support set and its gradient is zero. At scale 0.1 the loss still has a gradient.
 */
const HEAD_SCALE = 0.1;

/**
 * An encoder with a linear head over its features. The head has one column per class, made from the prototype of that
 * class in the support set, so it works for any number of classes before the first step. `head.scale` is meta-learned: it
 * sets how confident the head is at the start.
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
    parts: partsOf(encoder),
    embed: encoder.apply,
    loss: crossEntropy,
  };
}

const partsOf = ({ features, parts }: Encoder): readonly Part[] =>
  parts ?? [{ name: 'all', width: features }];

/** A network for regression: the features of the encoder are the prediction. */
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
    parts: partsOf(encoder),
    embed: encoder.apply,
    loss: meanSquaredError,
  };
}
