const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/** Pause before a job that has failed so many times is delivered again. */
export function redeliveryDelayMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}
