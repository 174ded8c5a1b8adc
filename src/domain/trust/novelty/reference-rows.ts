/**
 * Number of examples that novelty compares with; more would make predictions slow. With 125 texts, all of them would raise the
 * AUROC of other intents of hwu64 from 0.943 to 0.953. Records store a scale that was measured with this number, so another
 * number changes the novelty of adaptations that are already stored.
 */
const MAX_REFERENCES = 32;

/** The numbers of the examples that novelty compares with: all of n, or evenly chosen ones. */
export function referenceRows(n: number): readonly number[] {
  return evenly(n, MAX_REFERENCES);
}

/** At most this many of the numbers 0…n−1, spread over all. */
export function evenly(n: number, most: number): readonly number[] {
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}
