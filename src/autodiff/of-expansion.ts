import { type Expandable, expansionOf } from '../graph/expansions.ts';
import type { Value } from '../graph/value.ts';
import type { GradientRule } from './rule.ts';

/** The gradient of the expansion. If an input occurs twice, its first place gets the whole gradient. */
export const ofExpansion: GradientRule<Expandable> = (y, dy, vjp) => {
  const grads = vjp([expansionOf(y)], [dy], y.inputs, true);
  return grads.map((dx, i) => (dx && y.inputs.indexOf(y.inputs[i] as Value) === i ? dx : null));
};
