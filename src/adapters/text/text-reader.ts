import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { Prepared } from '../../ports/content-decoder.ts';
import type { ContentReader } from '../decoding/content-reader.ts';
import { parseTokenEncoder } from './hugging-face.ts';
import { prepareText } from './prepare.ts';
import { prepareTokens } from './prepare-tokens.ts';
import { readText, type TextLimits } from './read-text.ts';
import { parseTokenizer } from './tokenizer.ts';

type Prepare = (text: string) => Prepared;

/** Reads texts in a decoding thread. It keeps the tokenizer of each encoder. */
export function createTextReader(limits: TextLimits): ContentReader {
  const opened = new Map<string, Prepare>();

  function preparerOf(encoder: Encoder): Prepare {
    const { digest } = encoder.manifest;
    const prepare = opened.get(digest) ?? open(encoder);
    opened.set(digest, prepare);
    return prepare;
  }

  return {
    /** A text within the limits is canonical. */
    async canonical(bytes) {
      readText(bytes, limits);
      return { bytes, warnings: [] };
    },
    async prepare(bytes, encoder) {
      return preparerOf(encoder)(readText(bytes, limits));
    },
  };
}

function open({ manifest: { preparation, name, inputs }, folder }: Encoder): Prepare {
  if (preparation.kind !== 'text')
    throw new InnerloopError('invalid_input', `Expected ${preparation.kind} for ${name}, got text`);
  const { maxTokens, ngrams, tokens } = preparation;
  const file = readFileSync(join(folder, 'tokenizer.json'));
  if (tokens) {
    const tokenizer = parseTokenEncoder(file);
    const isFixed = typeof inputs[0]?.shape[0] === 'number';
    return (text) => prepareTokens(text, tokenizer, { tokens, maxTokens, isFixed });
  }
  if (!ngrams) throw new RangeError('Expected a verified encoder, with tokens or n-grams');
  const tokenizer = parseTokenizer(file);
  return (text) => prepareText(text, tokenizer, { maxTokens, ngrams });
}
