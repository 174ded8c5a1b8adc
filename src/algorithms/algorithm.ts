import type { Static, TSchema } from 'typebox';
import type { Value } from '../graph/value.ts';
import type { Network, Support } from '../nn/network.ts';
import type { ParameterSpecs, Params } from '../nn/parameters.ts';

/**
 * A meta-learning algorithm as functions that build graphs. θ are the meta-parameters: inputs of the graph during
 * meta-training, constants in a package. The state is the tensors that are adapted to a task.
 */
export interface Algorithm<Settings extends TSchema = TSchema> {
  readonly name: string;
  /** Authors, title, year, URL. */
  readonly reference: string;
  readonly settings: Settings;
  /** The only kind of task it supports (default: any). */
  readonly task?: Network['task'];
  /** The algorithm's own meta-parameters, in addition to the network's. */
  parameters?(net: Network, settings: Static<Settings>): ParameterSpecs;
  /** Names of the heads that `init` compares, in the order of the rows of its state tensor `selection`. */
  heads?(net: Network, settings: Static<Settings>): readonly string[];
  init(net: Network, theta: Params, support: Support, settings: Static<Settings>): Params;
  /** One update, and the loss [] before it. Absent if `init` computes the final state. */
  step?(
    net: Network,
    theta: Params,
    state: Params,
    support: Support,
    rate: Value,
    settings: Static<Settings>,
  ): { state: Params; loss: Value };
  predict(net: Network, theta: Params, state: Params, x: Value, settings: Static<Settings>): Value;
  /**
   * The meta-gradients that the outer optimiser uses instead of ∂loss/∂θ, by name. A parameter that has no
   * meta-gradient does not change. `adapted` is the state after the last step.
   */
  metaGradient?(theta: Params, adapted: Params): Params;
}

/** All parameters that meta-training learns: the network's and the algorithm's. */
export function metaParametersOf(
  algorithm: Algorithm<TSchema>,
  net: Network,
  settings: unknown,
): ParameterSpecs {
  return { ...net.parameters, ...algorithm.parameters?.(net, settings) };
}

/** Infers the type of the settings from their schema. */
export function defineAlgorithm<Settings extends TSchema>(
  algorithm: Algorithm<Settings>,
): Algorithm<Settings> {
  return algorithm;
}
