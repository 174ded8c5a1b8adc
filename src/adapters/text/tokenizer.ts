import { InnerloopError } from '../../errors.ts';
import { createUnigram, type Piece } from './unigram.ts';

/** The ids of a text's pieces. */
export type Tokenizer = (text: string) => readonly number[];

/** Stands for a space in pieces. */
const SPACE = '▁';

/**
 * The tokenizer of `tokenizer.json`: `{"type": "unigram", "reserved": 6, "pieces": [["▁the", -3.57], …]}`. Texts are
 * normalised by NFKC, and a space is put before them.
 *
 * @throws InnerloopError `invalid_package`
 */
export function parseTokenizer(bytes: Uint8Array): Tokenizer {
  const file: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (!isTokenizer(file))
    throw new InnerloopError('invalid_package', 'tokenizer.json: expected a tokenizer of type unigram');
  const unigram = createUnigram(file.pieces, file.reserved);
  return (text) => {
    const normal = text.normalize('NFKC');
    return normal === '' ? [] : unigram(`${SPACE}${normal.replaceAll(' ', SPACE)}`);
  };
}

interface TokenizerFile {
  readonly type: 'unigram';
  readonly reserved: number;
  readonly pieces: readonly Piece[];
}

function isTokenizer(file: unknown): file is TokenizerFile {
  if (typeof file !== 'object' || file === null) return false;
  const { type, reserved, pieces } = file as Readonly<Record<string, unknown>>;
  return type === 'unigram' && Number.isInteger(reserved) && Array.isArray(pieces) && pieces.every(isPiece);
}

function isPiece(value: unknown): value is Piece {
  return Array.isArray(value) && typeof value[0] === 'string' && Number.isFinite(value[1]);
}
