import type { RecurrenceOps } from '../../value.ts';
import type { FamilyVmapRules } from '../rule.ts';

/** Not supported: the body itself would need a task axis. No algorithm needs that yet. */
export const recurrenceRules: FamilyVmapRules<RecurrenceOps> = {
  Scan: () => null,
  ScanResult: () => null,
};
