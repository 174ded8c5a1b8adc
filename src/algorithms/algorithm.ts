import type { Static, TSchema } from 'typebox';
import type { Value } from '../graph/value.ts';
import type { Network, Support } from '../nn/network.ts';
import type { ParameterSpecs, Params } from '../nn/parameters.ts';

/**
 * A meta-learning algorithm: how a network becomes a task's own, as graph fragments. θ are the meta-parameters,
 * inputs while meta-training and constants in a package; the state is what adapts.
 */
export interface Algorithm<Settings extends TSchema = TSchema> {
  readonly name: string;
  /** Title, authors, year, address. */
  readonly reference: string;
  readonly settings: Settings;
  /** The one kind of task it can do; absent, any. */
  readonly task?: Network['task'];
  /** Meta-parameters of its own, beside the network's. */
  parameters?(net: Network, settings: Static<Settings>): ParameterSpecs;
  init(net: Network, theta: Params, support: Support, settings: Static<Settings>): Params;
  /** One update; the loss [] is the one before it. Absent where `init` says all. */
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
   * What the outer optimiser is given for ∂loss/∂θ, by name, where it is not that; a name left out is not moved.
   * `adapted` is the state after the last step.
   */
  metaGradient?(theta: Params, adapted: Params): Params;
}

/** All that meta-training learns: the network's parameters and the algorithm's own. */
export function metaParametersOf(
  algorithm: Algorithm<TSchema>,
  net: Network,
  settings: unknown,
): ParameterSpecs {
  return { ...net.parameters, ...algorithm.parameters?.(net, settings) };
}

/** Infers the settings' type from their schema. */
export function defineAlgorithm<Settings extends TSchema>(
  algorithm: Algorithm<Settings>,
): Algorithm<Settings> {
  return algorithm;
}
