import { forExpandable } from '../../expansions.ts';
import { ofExpansion, type VmapRules } from '../rule.ts';
import { convolutionRules } from './convolution.ts';
import { elementwiseRules } from './elementwise.ts';
import { leafRules } from './leaf.ts';
import { linalgRules } from './linalg.ts';
import { movementRules } from './movement.ts';
import { normalisationRules } from './normalisation.ts';
import { poolingRules } from './pooling.ts';
import { recurrenceRules } from './recurrence.ts';
import { reductionRules } from './reduction.ts';

/** All rules: the type requires one for every operator. */
export const vmapRules: VmapRules = {
  ...forExpandable(ofExpansion),
  ...leafRules,
  ...elementwiseRules,
  ...reductionRules,
  ...movementRules,
  ...linalgRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalisationRules,
  ...recurrenceRules,
};
