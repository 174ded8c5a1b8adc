import { InnerloopError } from '../../errors.ts';

/** Ids 0 to 5 are for unknown text and for special tokens, which no text has. */
const RESERVED = 6;

/**
 * `tokenizer.json` from the vocabulary of Universal Sentence Encoder Lite: pieces with scores. Six pieces, all with a
 * colon, have no score; the original tokenizer computes with 0 for them, and so do we.
 *
 * @throws InnerloopError `invalid_package`
 */
export function tokenizerFile(vocabulary: Uint8Array): Uint8Array {
  const entries: unknown = JSON.parse(new TextDecoder().decode(vocabulary));
  if (!Array.isArray(entries) || !entries.every(isEntry))
    throw new InnerloopError('invalid_package', 'vocab.json: expected pairs of a text and a score');
  const pieces = entries.map(([text, score]) => [text, score ?? 0]);
  return Buffer.from(`${JSON.stringify({ type: 'unigram', reserved: RESERVED, pieces })}\n`);
}

function isEntry(value: unknown): value is readonly [string, number | null] {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    (value[1] === null || typeof value[1] === 'number')
  );
}
