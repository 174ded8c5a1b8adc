import { Tokenizer } from '@huggingface/tokenizers';
import { InnerloopError } from '../../errors.ts';
import { openUnigram, type UnigramFile } from './compact-unigram.ts';

/** A tokenizer of Hugging Face's library. */
export interface TokenEncoder {
  /** The ids of a text, without special tokens. */
  encode(text: string): readonly number[];
  /** Ids of the special tokens before and after the tokens of a text, such as [CLS] and [SEP]. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The id of characters that are not in the vocabulary. Null if every text can be written with the vocabulary. */
  readonly unknown: number | null;
}

/** Takes the place of the text, to find the special tokens before and after it. */
const TEXT = '\u0000text\u0000';

/**
 * The tokenizer of a `tokenizer.json` of Hugging Face: WordPiece, BPE (of bytes, too) or Unigram, with the normalisation, the
 * splitting and the special tokens of the file. Its padding and truncation are not read: the encoder's manifest states them.
 *
 * @throws InnerloopError `invalid_package` for other files and parts that the library does not have
 */
export function parseTokenEncoder(bytes: Uint8Array): TokenEncoder {
  const tokenizer = open(bytes);
  const idOf = (token: string): number => {
    const id = tokenizer.token_to_id(token);
    if (id === undefined)
      throw invalid(`the special token ${JSON.stringify(token)} in the vocabulary`, 'none');
    return id;
  };
  const all: readonly string[] = tokenizer.post_processor?.([TEXT], null, true).tokens ?? [TEXT];
  const at = all.indexOf(TEXT);
  if (at < 0) throw invalid('special tokens around the tokens of a text', 'special tokens only');
  const { unk_token_id: unknown } = tokenizer.model ?? {};
  return {
    // A character that is not in a vocabulary without an unknown token has no id.
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.filter(Number.isInteger),
    before: all.slice(0, at).map(idOf),
    after: all.slice(at + 1).map(idOf),
    unknown: unknown ?? null,
  };
}

/** Model types that the library reads. It would take others for lists of words. */
const MODELS = ['WordPiece', 'BPE', 'Unigram'];

function open(bytes: Uint8Array): Tokenizer {
  try {
    const file = JSON.parse(new TextDecoder().decode(bytes)) as {
      model?: { type?: unknown; vocab?: unknown };
    };
    const { type, vocab } = file.model ?? {};
    if (type !== undefined && !MODELS.includes(String(type)))
      throw invalid(`a model of type ${MODELS.join(', ')}`, String(type));
    return type === 'Unigram' && Array.isArray(vocab) && vocab.length > 0
      ? openUnigram(file as UnigramFile)
      : new Tokenizer(file, {});
  } catch (cause) {
    if (cause instanceof InnerloopError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid("a file of Hugging Face's tokenizers", reason, cause);
  }
}

function invalid(expected: string, got: string, cause?: unknown): InnerloopError {
  const message = `tokenizer.json: expected ${expected}, got ${got}`;
  return new InnerloopError('invalid_package', message, { expected, got, cause });
}
