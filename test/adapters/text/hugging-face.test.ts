import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTokenEncoder } from '../../../src/adapters/text/hugging-face.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/tokenizers/${name}.json`, import.meta.url));
const { texts, ids } = JSON.parse(fixture('expected').toString()) as {
  readonly texts: readonly string[];
  readonly ids: Readonly<Record<string, readonly (readonly number[])[]>>;
};

/**
 * `tokenizer.json` files of the forms of BERT, RoBERTa, CLIP, XLM-RoBERTa and Llama, with small vocabularies of the
 * documentation of this project, and ids that the library `tokenizers` 0.23.2 (Rust) has given.
 */
describe.each(Object.entries(ids))('a tokenizer.json with %s', (name, expected) => {
  const { before, encode, after } = parseTokenEncoder(fixture(name));
  it.each(texts.map((text, i) => [text, expected[i]]))('gives %j the ids of the original', (text, wanted) => {
    expect([...before, ...encode(text as string), ...after]).toEqual(wanted);
  });
});

describe('parseTokenEncoder', () => {
  it('finds the marks on both sides, and the unknown token', () => {
    expect(parseTokenEncoder(fixture('wordpiece'))).toMatchObject({ before: [2], after: [3], unknown: 1 });
    expect(parseTokenEncoder(fixture('byte-fallback-bpe'))).toMatchObject({
      before: [1],
      after: [],
      unknown: 0,
    });
    expect(parseTokenEncoder(fixture('byte-level-bpe'))).toMatchObject({
      before: [0],
      after: [2],
      unknown: null,
    });
  });

  it('leaves out characters that a vocabulary without an unknown token does not have', () => {
    const unigram = JSON.parse(fixture('unigram').toString());
    const file = { ...unigram, model: { ...unigram.model, unk_id: null } };
    const { encode, unknown } = parseTokenEncoder(Buffer.from(JSON.stringify(file)));
    expect(unknown).toBe(null);
    expect(encode('卡 the')).toEqual(
      parseTokenEncoder(fixture('unigram'))
        .encode('卡 the')
        .filter((id) => id !== 3),
    );
    expect(encode('ᚠ')).not.toContain(undefined);
  });

  const wordpiece = JSON.parse(fixture('wordpiece').toString());
  it.each([
    ['bytes that are not JSON', '{', /expected a file of Hugging Face's tokenizers, got .*JSON/],
    ['a file of another kind', '{"type":"unigram","reserved":6,"pieces":[]}', /Hugging Face/],
    [
      'a list of whole words',
      JSON.stringify({ ...wordpiece, model: { type: 'WordLevel', vocab: {} } }),
      /WordPiece, BPE, Unigram, got WordLevel/,
    ],
    [
      'an unknown normaliser',
      JSON.stringify({ ...wordpiece, normalizer: { type: 'Magic' } }),
      /Unknown Normalizer type: Magic/,
    ],
    [
      'a special token outside the vocabulary',
      JSON.stringify({
        ...wordpiece,
        post_processor: { type: 'BertProcessing', sep: ['[END]', 9], cls: ['[CLS]', 2] },
      }),
      /the special token "\[END\]" in the vocabulary/,
    ],
  ])('refuses %s', (_, file, message) => {
    expect(() => parseTokenEncoder(Buffer.from(file))).toThrow(
      expect.objectContaining({ code: 'invalid_package', message: expect.stringMatching(message) }),
    );
  });
});
