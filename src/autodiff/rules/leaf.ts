import type { LeafOps } from '../../graph/value.ts';
import type { FamilyRules } from '../rule.ts';

export const leafRules: FamilyRules<LeafOps> = {
  Input: () => [],
  Constant: () => [],
  Identity: (_, dy) => [dy],
  StopGradient: () => [null],
};
