import type { RecurrenceOps } from '../../ops/recurrence.ts';
import type { FamilyBatchRules } from '../rule.ts';

/** Every task would scan along an axis behind the tasks’: a body over all tasks, which nothing needs yet. */
export const recurrenceRules: FamilyBatchRules<RecurrenceOps> = {
  Scan: () => null,
  ScanResult: () => null,
};
