/** Accents of Latin, Greek and Cyrillic letters, points of Hebrew, vowel signs of Arabic, and its stretching mark. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0652]/g;

/** A text without differences of case, accents and width, which rarely change what it is about. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFD').replace(MARKS, '').normalize('NFC');
}
