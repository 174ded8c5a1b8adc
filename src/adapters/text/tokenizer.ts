import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/read-encoder.ts';
import { createUnigram, type Piece } from './unigram.ts';

/** Stands for a space in pieces. */
const SPACE = '▁';

/**
 * The tokenizer of `tokenizer.json`: `{ "type": "unigram", "reserved": 6, "pieces": [["…", -3.2], …] }`. Texts are
 * normalised by NFKC, and begin with a space.
 */
export type Tokenizer = (text: string) => readonly number[];

/** @throws InnerloopError `invalid_package` when the file is not a tokenizer. */
export function readTokenizer({ folder, manifest }: Encoder): Tokenizer {
  const file: unknown = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  if (!isTokenizer(file))
    throw new InnerloopError(
      'invalid_package',
      `${manifest.name}/tokenizer.json: expected a tokenizer of type unigram, got another file`,
    );
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
  const { type, reserved, pieces } = file as Record<string, unknown>;
  return type === 'unigram' && Number.isInteger(reserved) && Array.isArray(pieces) && pieces.every(isPiece);
}

function isPiece(value: unknown): value is Piece {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    value[0] !== '' &&
    Number.isFinite(value[1])
  );
}
