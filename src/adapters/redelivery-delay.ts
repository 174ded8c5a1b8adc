const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/** How long what has failed so many times rests before it is delivered again. */
export function redeliveryDelayMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
}
