import { type Expandable, expansionOf, forExpandable } from '../../graph/expansions.ts';
import type { Value } from '../../graph/value.ts';
import type { GradientRule, GradientRules } from '../rule.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { leafRules } from './leaf.ts';
import { linalgRules } from './linalg.ts';
import { movementRules } from './movement.ts';
import { poolingRules } from './pooling.ts';
import { recurrenceRules } from './recurrence.ts';
import { reductionRules } from './reduction.ts';

/** The gradient of the expansion. An input that is used twice gets its whole gradient once. */
const ofExpansion: GradientRule<Expandable> = (y, dy, vjp) => {
  const grads = vjp([expansionOf(y)], [dy], y.inputs, true);
  return grads.map((dx, i) => (dx && y.inputs.indexOf(y.inputs[i] as Value) === i ? dx : null));
};

/** All rules: the type requires one for every operator. */
export const gradientRules: GradientRules = {
  ...forExpandable(ofExpansion),
  ...leafRules,
  ...elementwiseRules,
  ...reductionRules,
  ...movementRules,
  ...linalgRules,
  ...convolutionRules,
  ...poolingRules,
  ...recurrenceRules,
};
