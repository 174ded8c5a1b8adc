/** What one step of a stored rarity is worth. A byte holds rarities from 0 to 15.9. */
const STEP = 1 / 16;

/** Bytes as a package keeps them, in base64: one for each feature. A feature whose byte is 0 does not count. */
export function encodeRarities(rarities: readonly number[]): string {
  return Buffer.from(rarities.map((each) => Math.min(255, Math.max(0, Math.round(each / STEP))))).toString(
    'base64',
  );
}

export function decodeRarities(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/**
 * How rare the features of an input are in the package's training data. It is the mean over these features of −log of the share
 * of training inputs with the feature (the inverse document frequency). Random characters and other languages have rare parts
 * of words. An input without any feature that counts is as rare as can be.
 * @param values the features of the input: all, or those at `places`
 * @param rarities one byte for each feature
 * @see Spärck Jones, A statistical interpretation of term specificity, Journal of Documentation 28, 1972
 */
export function rarityOf(
  values: Float32Array,
  rarities: Uint8Array,
  places: Uint32Array | null = null,
): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const rarity = rarities[places ? (places[i] as number) : i] as number;
    if (rarity === 0 || (values[i] as number) <= 0) continue;
    sum += rarity;
    count += 1;
  }
  return STEP * (count === 0 ? 255 : sum / count);
}
