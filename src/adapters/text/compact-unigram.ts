import { Tokenizer } from '@huggingface/tokenizers';

/** A piece of a vocabulary and the logarithm of its probability. */
type Entry = readonly [piece: string, score: number];

/** A `tokenizer.json` whose model is Unigram. */
export interface UnigramFile {
  readonly model: {
    readonly type: 'Unigram';
    readonly unk_id?: number | null;
    readonly vocab: readonly Entry[];
  };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
}

/** Scores of unknown characters lie this far below the least likely piece, as in SentencePiece. */
const UNKNOWN_PENALTY = 10;

/**
 * A tokenizer of a Unigram model that finds pieces in a table of all pieces. The library builds a tree of characters, which
 * takes 250 MB and seconds for the 250,000 pieces of multilingual encoders. So the library gets one piece, and its model
 * then gets the others.
 */
export function openUnigram(file: UnigramFile): Tokenizer {
  const { vocab, unk_id: unknown } = file.model;
  const isKnown = typeof unknown === 'number' && vocab[unknown] !== undefined;
  const small = {
    ...file,
    model: { ...file.model, unk_id: isKnown ? 0 : null, vocab: [isKnown ? vocab[unknown] : vocab[0]] },
  };
  const tokenizer = new Tokenizer(small, {});
  if (!tokenizer.model) throw new RangeError('Expected a tokenizer with a model');
  Object.assign(tokenizer.model, membersOf(file));
  return tokenizer;
}

/** The result of the constructor of the library's model, without the tree. */
function membersOf({ model: { vocab, unk_id: unknown }, added_tokens: added = [] }: UnigramFile) {
  const ids = new Map(vocab.map(([piece], id) => [piece, id]));
  // Without the added tokens, which the tokenizer has cut out of the text before.
  const pieces = new Set(ids.keys());
  const longest = vocab.reduce((most, [piece]) => Math.max(most, piece.length), 0);
  const texts = vocab.map(([piece]) => piece);
  const scores = vocab.map(([, score]) => score);
  const least = scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  for (const { id, content } of added) {
    ids.set(content, id);
    texts[id] = content;
  }
  if (typeof unknown === 'number') scores[unknown] = least - UNKNOWN_PENALTY;
  return {
    vocab: texts,
    scores,
    tokens_to_ids: ids,
    min_score: least,
    unk_score: least - UNKNOWN_PENALTY,
    ...(typeof unknown === 'number' && { unk_token_id: unknown, unk_token: texts[unknown] }),
    trie: { common_prefix_search: prefixesIn(pieces, longest) },
  };
}

/** The pieces with which the characters from `start` on begin, shortest first. */
function prefixesIn(pieces: ReadonlySet<string>, longest: number) {
  return function* (characters: readonly string[], start = 0): Generator<string> {
    let prefix = '';
    for (let i = start; i < characters.length && prefix.length < longest; i++) {
      prefix += characters[i];
      if (pieces.has(prefix)) yield prefix;
    }
  };
}
