import { withoutControls } from './without-controls.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Starts with a character that is two cells wide: Chinese, Japanese and Korean ones, full-width forms, and emoji.
 *
 * @see https://www.unicode.org/reports/tr11/, its classes Wide and Fullwidth
 */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;

/** The number of cells that a text takes in a terminal, as commands print it: without its control characters. */
export const cellsOf = (text: string): number =>
  Array.from(graphemes.segment(withoutControls(text)), ({ segment }) => (WIDE.test(segment) ? 2 : 1)).reduce(
    (sum, cells) => sum + cells,
    0,
  );
