import { fold } from './fold.ts';

export interface NgramOptions {
  /** Shortest and longest n-gram of a word, in characters. */
  readonly minimum: number;
  readonly maximum: number;
  readonly buckets: number;
}

/** Scripts without spaces between words. */
const UNSPACED = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan']
  .map((script) => `\\p{Script=${script}}`)
  .join('');

/** A run of an unspaced script (ー lengthens vowels of Japanese), a word of another script, or an emoji. */
const WORD = new RegExp(
  `(?<unspaced>[${UNSPACED}ー]+)|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+|\\p{Extended_Pictographic}`,
  'gu',
);

/** Characters that mark the start and the end of a word; no text has them. */
const [START, END] = [0x110000, 0x110001];
/** Initial values that keep hashes of words and of n-grams apart. */
const [WHOLE_WORD, NGRAM] = [0x811c9dc5, 0x01000193];

/**
 * How often each bucket occurs in a text [buckets]. What is hashed: each word, its n-grams with signs of start and end,
 * and of scripts without spaces, n-grams of 1 to 3 characters. Case and accents do not count.
 *
 * Counts are not signed: measured on four sets of texts, signs change accuracy by less than 0.5 points in either direction.
 */
export function countNgrams(text: string, { minimum, maximum, buckets }: NgramOptions): Float32Array {
  const counts = new Float32Array(buckets);
  const countAll = (symbols: readonly number[], shortest: number, longest: number) => {
    for (let from = 0; from < symbols.length; from++) {
      let hash = NGRAM;
      const end = Math.min(symbols.length, from + longest);
      for (let to = from; to < end; to++) {
        hash = mix(hash, symbols[to] as number);
        if (to - from + 1 >= shortest) count(hash);
      }
    }
  };
  const count = (hash: number) => {
    const bucket = finish(hash) % buckets;
    counts[bucket] = (counts[bucket] as number) + 1;
  };
  for (const { 0: word, groups } of fold(text).matchAll(WORD)) {
    const symbols = Array.from(word, (symbol) => symbol.codePointAt(0) as number);
    if (groups?.unspaced) countAll(symbols, 1, 3);
    else {
      count(symbols.reduce(mix, WHOLE_WORD));
      countAll([START, ...symbols, END], minimum, maximum);
    }
  }
  return counts;
}

/** A step of FNV-1a, over code points in place of bytes. */
function mix(hash: number, symbol: number): number {
  return Math.imul(hash ^ symbol, 16777619);
}

/** The last step of MurmurHash3: every bit of the hash changes every bit of the result. */
function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
