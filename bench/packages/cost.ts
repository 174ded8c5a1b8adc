/** Measurements of one package in one process; null for those that do not apply. */
export interface Cost {
  readonly loadMs: number;
  readonly loadedMb: number;
  readonly usedMb: number | null;
  /** Growth of resident memory, in percent. */
  readonly growth: number | null;
}
