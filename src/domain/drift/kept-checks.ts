/** What a check in the background has measured: the latest inputs against the reference. */
export interface Check {
  /** ISO time. */
  readonly at: string;
  /** Inputs of the epoch at this time. */
  readonly count: number;
  readonly pValue: number;
  /** As in `Drift`. */
  readonly distance: number;
  readonly threshold: number;
}

/** The maximum number of checks that are kept. */
export const KEPT_CHECKS = 60;

/**
 * The checks and the latest one. If there are more than KEPT_CHECKS, every second of the older half is dropped; the first one
 * stays.
 */
export function withCheck(checks: readonly Check[], latest: Check): readonly Check[] {
  const all = [...checks, latest];
  if (all.length <= KEPT_CHECKS) return all;
  return all.filter((_, i) => i >= KEPT_CHECKS / 2 || i % 2 === 0);
}
