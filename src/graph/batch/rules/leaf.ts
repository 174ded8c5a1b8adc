import type { LeafOps } from '../../ops/leaf.ts';
import { type FamilyBatchRules, shared } from '../rule.ts';
import { alongside } from './elementwise.ts';

export const leafRules: FamilyBatchRules<LeafOps> = {
  // An input is mapped or not by its name, and a constant is everyone's: neither has operands that could be.
  Input: shared,
  Constant: shared,
  Identity: alongside,
  StopGradient: alongside,
};
