/** A part of a text, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Longer texts are explained by groups of neighbouring words. */
const MOST_PARTS = 48;

/**
 * The words of a text, as Unicode separates them (also Chinese, Japanese and Thai, which have no spaces), or groups of neighbouring
 * words. Punctuation belongs to no word.
 */
export function wordsOf(text: string): readonly Span[] {
  const words = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ index, segment }) => ({ start: index, end: index + segment.length }));
  const size = Math.ceil(words.length / MOST_PARTS);
  return Array.from({ length: Math.ceil(words.length / Math.max(1, size)) }, (_, i) => {
    const group = words.slice(i * size, (i + 1) * size);
    return { start: group[0]?.start ?? 0, end: group.at(-1)?.end ?? 0 };
  });
}

/** The text without a part, and without the space that it leaves. */
export function withoutSpan(text: string, { start, end }: Span): string {
  return `${text.slice(0, start)}${text.slice(end)}`.replace(/\s{2,}/g, ' ').trim();
}
