import type { RecurrenceOps } from '../../value.ts';
import type { FamilyVmapRules } from '../rule.ts';

/** Every task would scan along an axis behind the tasks’: a body over all tasks, which nothing needs yet. */
export const recurrenceRules: FamilyVmapRules<RecurrenceOps> = {
  Scan: () => null,
  ScanResult: () => null,
};
