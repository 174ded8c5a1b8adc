import { forExpandable } from '../../graph/expansions.ts';
import { ofExpansion } from '../of-expansion.ts';
import type { GradientRules } from '../rule.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { leafRules } from './leaf.ts';
import { linalgRules } from './linalg.ts';
import { movementRules } from './movement.ts';
import { poolingRules } from './pooling.ts';
import { recurrenceRules } from './recurrence.ts';
import { reductionRules } from './reduction.ts';

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
