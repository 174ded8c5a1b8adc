import type { Value } from '../graph/value.ts';
import type { Tensors } from '../tensor.ts';
import type { ParameterSpecs, Params } from './parameters.ts';

/** A network from inputs to features: x [N, …input] → [N, features]. */
export interface Encoder {
  readonly inputShape: readonly number[];
  readonly features: number;
  /** Groups of columns of the features that a head may weigh separately; one group if absent. */
  readonly parts?: readonly Part[];
  readonly parameters: ParameterSpecs;
  /** Names of the weights of its last layer. */
  readonly lastLayer: readonly string[];
  apply(params: Params, x: Value): Value;
  /** Present if training uses batch statistics. Replaces them by constants before serving. */
  readonly calibration?: Calibration;
}

/** Neighbouring columns of features, such as those of one view. */
export interface Part {
  readonly name: string;
  readonly width: number;
}

/**
 * How batch statistics are removed after training. A served prediction may depend on its own input only, so the statistics
 * are measured once over training images and folded into the weights as constants.
 */
export interface Calibration {
  /** The encoder that takes the folded weights. */
  readonly encoder: Encoder;
  /** Statistics of every layer on the batch x, by name. */
  statistics(params: Params, x: Value): Params;
  /** Weights for `encoder`, given trained weights and averaged statistics. */
  fold(params: Tensors, statistics: Tensors): Tensors;
}
