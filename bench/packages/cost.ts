/** What one process measured of one package; null where there is nothing to measure. */
export interface Cost {
  readonly loadMs: number;
  readonly loadedMb: number;
  readonly usedMb: number | null;
  /** Of resident memory, in percent. */
  readonly growth: number | null;
}
