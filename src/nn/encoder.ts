import type { Value } from '../graph/value.ts';
import type { Tensors } from '../tensor.ts';
import type { ParameterSpecs, Params } from './parameters.ts';

/** A network from inputs to features: x [N, …input] → [N, features]. */
export interface Encoder {
  readonly inputShape: readonly number[];
  readonly features: number;
  readonly parameters: ParameterSpecs;
  /** Names of the weights of its last layer. */
  readonly lastLayer: readonly string[];
  apply(params: Params, x: Value): Value;
  /** Present where training uses statistics of the batch: how to be rid of them before anything is served. */
  readonly calibration?: Calibration;
}

/**
 * Batch statistics are a device of training: a served prediction may depend on its own input only. After
 * training they are measured once over training images and become constants, which disappear into the weights.
 */
export interface Calibration {
  /** The encoder that takes the folded weights. */
  readonly encoder: Encoder;
  /** Statistics of every layer on the batch x, by name. */
  statistics(params: Params, x: Value): Params;
  /** Weights for `encoder`, given trained weights and averaged statistics. */
  fold(params: Tensors, statistics: Tensors): Tensors;
}
