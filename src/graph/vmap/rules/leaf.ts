import type { LeafOps } from '../../value.ts';
import { type FamilyVmapRules, shared } from '../rule.ts';
import { elementwiseRule } from './elementwise.ts';

export const leafRules: FamilyVmapRules<LeafOps> = {
  // `vmap` handles inputs itself, and all tasks share constants: neither has operands that could be mapped.
  Input: shared,
  Constant: shared,
  Identity: elementwiseRule,
  StopGradient: elementwiseRule,
};
