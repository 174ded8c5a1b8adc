import type { Static, TSchema } from 'typebox';
import type { Value } from '../graph/value.ts';
import type { Network, Support } from '../nn/network.ts';
import type { Params } from '../nn/parameters.ts';

/**
 * A meta-learning algorithm: how a network becomes a task's own, as graph fragments. θ are the meta-parameters,
 * inputs while meta-training and constants in a package; the state is what adapts.
 */
export interface Algorithm<Settings extends TSchema = TSchema> {
  readonly name: string;
  /** Title, authors, year, address. */
  readonly reference: string;
  readonly settings: Settings;
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
}

/** Infers the settings' type from their schema. */
export function defineAlgorithm<Settings extends TSchema>(
  algorithm: Algorithm<Settings>,
): Algorithm<Settings> {
  return algorithm;
}
