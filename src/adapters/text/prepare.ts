import type { Ngrams } from '../../package/encoder/preparation.ts';
import type { Prepared } from '../../ports/content-decoder.ts';
import { tensor } from '../../tensor.ts';
import { countNgrams } from './ngrams.ts';
import { readPart, textWarning as warning } from './text-parts.ts';
import type { Tokenizer } from './tokenizer.ts';

interface NgramInputs {
  readonly maxTokens: number;
  readonly ngrams: Ngrams;
}

/**
 * The inputs of a text encoder: `ids` [T] and `mask` [T] of the tokens, and `ngrams` [buckets]. The encoder reads English
 * tokens: where most letters are not Latin, the mask is 0, so that only the n-grams count.
 */
export function prepareText(text: string, tokenize: Tokenizer, { maxTokens, ngrams }: NgramInputs): Prepared {
  const read = readPart(text, maxTokens);
  const tokens = tokenize(read);
  const isCut = tokens.length > maxTokens || read.length < text.length;
  const isEmpty = text.trim() === '';
  const isKnown = tokens.length > 0 && isLatin(read);
  // A run has at least one position, even if it has only empty texts.
  const ids = Float32Array.from(isKnown ? tokens.slice(0, maxTokens) : [0]);
  return {
    inputs: {
      ids: tensor([ids.length], ids),
      mask: tensor([ids.length], new Float32Array(ids.length).fill(isKnown ? 1 : 0)),
      ngrams: tensor([ngrams.buckets], countNgrams(text, ngrams)),
    },
    warnings: [
      ...(isEmpty ? [warning('empty_text', 'The text is empty')] : []),
      ...(isKnown && isCut ? [warning('text_cut', cutAfter(maxTokens))] : []),
      ...(isKnown || isEmpty ? [] : [warning('unknown_script', ONLY_NGRAMS)]),
    ],
  };
}

const cutAfter = (tokens: number) =>
  `Meaning is read from the first ${tokens} tokens, about ${Math.round(tokens * 0.8)} words; the words of the whole text are counted`;
const ONLY_NGRAMS = 'Most letters are not Latin: texts are compared by their words and parts of words only';

/** Whether at least half of a text's letters are Latin. True for a text without letters. */
function isLatin(text: string): boolean {
  return 2 * count(text, /\p{Script=Latin}/gu) >= count(text, /\p{L}/gu);
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
