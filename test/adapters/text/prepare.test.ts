import { describe, expect, it } from 'vitest';
import { prepareText } from '../../../src/adapters/text/prepare.ts';
import { readText } from '../../../src/adapters/text/read-text.ts';
import { parseTokenizer } from '../../../src/adapters/text/tokenizer.ts';
import { InnerloopError } from '../../../src/errors.ts';

const letters = Array.from('▁abcdefghijklmnopqrstuvwxyz', (letter): [string, number] => [letter, -3]);
const tokenize = parseTokenizer(
  Buffer.from(
    JSON.stringify({ type: 'unigram', reserved: 1, pieces: [['?', 0], ...letters, ['▁lost', -1]] }),
  ),
);
const preparation = {
  kind: 'text',
  maxTokens: 8,
  ngrams: { minimum: 3, maximum: 5, buckets: 64 },
} as const;
const prepare = (text: string) => prepareText(text, tokenize, preparation);
const codesOf = (text: string) => prepare(text).warnings.map(({ code }) => code);

describe('prepareText', () => {
  it('gives ids, a mask of ones and counts', () => {
    const { inputs, warnings } = prepare('lost a');
    expect(inputs.ids).toEqual({ shape: [3], data: Float32Array.of(28, 1, 2) });
    expect(inputs.mask).toEqual({ shape: [3], data: Float32Array.of(1, 1, 1) });
    expect(inputs.ngrams?.shape).toEqual([64]);
    expect(warnings).toEqual([]);
  });

  it('cuts after the maximum of tokens and says so', () => {
    const { inputs, warnings } = prepare('lost lost lost lost lost lost lost lost lost');
    expect(inputs.ids?.shape).toEqual([8]);
    expect(warnings).toEqual([
      { code: 'text_cut', pointer: '', detail: expect.stringContaining('the first 8 tokens, about 6 words') },
    ]);
    expect(codesOf('lost lost lost lost lost lost lost lost')).toEqual([]);
  });

  it('tokenizes a long text only as far as it is read', () => {
    let given = 0;
    const count = (text: string) => {
      given = text.length;
      return tokenize(text);
    };
    prepareText('lost '.repeat(10_000), count, preparation);
    expect(given).toBe(512);
  });

  it.each(['', ' ', '\n\t', '\u2003'])('warns of the empty text %j and has no token', (text) => {
    const { inputs, warnings } = prepare(text);
    expect(warnings.map(({ code }) => code)).toEqual(['empty_text']);
    expect(inputs.ngrams?.data.every((each) => each === 0)).toBe(true);
  });

  it.each(['我的信用卡丢了', 'где моя карта', 'บัตรหาย', 'بطاقتي ضاعت'])(
    'leaves %s to the n-grams and says so',
    (text) => {
      const { inputs } = prepare(text);
      expect(codesOf(text)).toEqual(['unknown_script']);
      expect(inputs.mask).toEqual({ shape: [1], data: Float32Array.of(0) });
      expect(inputs.ngrams?.data.some((each) => each > 0)).toBe(true);
    },
  );

  it('reads a text whose letters are mostly Latin', () => {
    expect(codesOf('lost 卡')).toEqual([]);
  });

  it.each(['\ud800', 'a\udc00b', '\ud83d lost', '???', '🙂'])('reads %j', (text) => {
    expect(Number(prepare(text).inputs.ids?.data.length)).toBeGreaterThan(0);
  });
});

describe('readText', () => {
  it('reads UTF-8 within the limit', () => {
    expect(readText(Buffer.from('día'), { maxBytes: 4 })).toBe('día');
  });

  it('refuses a longer text with its size', () => {
    const read = () => readText(new Uint8Array(10_000_000), { maxBytes: 100_000 });
    expect(read).toThrow(InnerloopError);
    expect(read).toThrow('Expected a text of at most 100000 bytes (MAX_TEXT_BYTES), got 10000000 bytes');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => readText(Uint8Array.of(0x61, 0xff), { maxBytes: 9 })).toThrow('Expected text in UTF-8');
    // A lone surrogate as three bytes.
    expect(() => readText(Uint8Array.of(0xed, 0xa0, 0x80), { maxBytes: 9 })).toThrow(
      'Expected text in UTF-8',
    );
  });
});
