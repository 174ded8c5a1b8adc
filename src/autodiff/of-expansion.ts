import { type Expandable, expansionOf } from '../graph/expansions.ts';
import type { Value } from '../graph/value.ts';
import type { GradientRule } from './rule.ts';

/** The gradient of the expansion. Of equal inputs, only the first gets it, for all of them. */
export const ofExpansion: GradientRule<Expandable> = (y, dy, vjp) => {
  const grads = vjp([expansionOf(y)], [dy], y.inputs, true);
  return grads.map((dx, i) => (dx && y.inputs.indexOf(y.inputs[i] as Value) === i ? dx : null));
};
