/** Places for the words of a free text. */
export const WORD_FEATURES = 64;

/**
 * The words of a text, counted at places given by their hash, scaled to length 1. Two words can share a place.
 * @see Weinberger et al. 2009, arXiv:0902.2206
 */
export function wordFeatures(text: string): readonly number[] {
  const counts = new Array<number>(WORD_FEATURES).fill(0);
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    const hash = hashOf(word);
    // The sign makes words that share a place cancel out on average.
    counts[hash % WORD_FEATURES] = (counts[hash % WORD_FEATURES] ?? 0) + (hash & 0x8000_0000 ? -1 : 1);
  }
  const length = Math.hypot(...counts);
  return length === 0 ? counts : counts.map((each) => each / length);
}

/** FNV-1a, 32 bits. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
