import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ContentReader } from '../decoding/content-reader.ts';
import { prepareText } from './prepare.ts';
import { readText, type TextLimits } from './read-text.ts';
import { parseTokenizer, type Tokenizer } from './tokenizer.ts';

/** Reads texts in a decoding thread. It keeps the tokenizer of each encoder. */
export function createTextReader(limits: TextLimits): ContentReader {
  const tokenizers = new Map<string, Tokenizer>();

  function tokenizerOf({ manifest: { digest }, folder }: Encoder): Tokenizer {
    const tokenizer = tokenizers.get(digest) ?? parseTokenizer(readFileSync(join(folder, 'tokenizer.json')));
    tokenizers.set(digest, tokenizer);
    return tokenizer;
  }

  return {
    /** A text within the limits is canonical. */
    async canonical(bytes) {
      readText(bytes, limits);
      return { bytes, warnings: [] };
    },
    async prepare(bytes, encoder) {
      const { preparation, name } = encoder.manifest;
      if (preparation.kind !== 'text')
        throw new InnerloopError('invalid_input', `Expected ${preparation.kind} for ${name}, got text`);
      return prepareText(readText(bytes, limits), tokenizerOf(encoder), preparation);
    },
  };
}
