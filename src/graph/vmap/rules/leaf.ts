import type { LeafOps } from '../../value.ts';
import { type FamilyVmapRules, shared } from '../rule.ts';
import { elementwiseRule } from './elementwise.ts';

export const leafRules: FamilyVmapRules<LeafOps> = {
  // An input is mapped or not by its name, and a constant is everyone's: neither has operands that could be.
  Input: shared,
  Constant: shared,
  Identity: elementwiseRule,
  StopGradient: elementwiseRule,
};
