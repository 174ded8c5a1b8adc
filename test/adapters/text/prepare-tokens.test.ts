import { describe, expect, it } from 'vitest';
import type { TokenEncoder } from '../../../src/adapters/text/hugging-face.ts';
import { prepareTokens } from '../../../src/adapters/text/prepare-tokens.ts';

/** Each letter is a token: a is 10, b 11, … Other characters are unknown, spaces are left out. */
const letters: TokenEncoder = {
  encode: (text) =>
    Array.from(text.replace(/\s/g, ''), (each) => (/[a-z]/.test(each) ? each.charCodeAt(0) - 87 : 1)),
  before: [2],
  after: [3],
  unknown: 1,
};
const bare = { ...letters, before: [], after: [], unknown: null };
const tokens = { ids: 'input_ids', mask: 'attention_mask', types: 'token_type_ids', pad: 7 };

function prepare(
  text: string,
  { isFixed = false, maxTokens = 6, tokenizer = letters as TokenEncoder, given = tokens as object } = {},
) {
  const { inputs, warnings } = prepareTokens(text, tokenizer, { tokens: given as never, maxTokens, isFixed });
  const values = Object.entries(inputs).map(([name, { shape, data }]) => {
    expect(shape).toEqual([data.length]);
    return [name, [...data]];
  });
  return { ...Object.fromEntries(values), codes: warnings.map(({ code }) => code) };
}

describe('prepareTokens', () => {
  it('gives ids between their marks, a mask and types, as long as the text', () => {
    expect(prepare('abc')).toEqual({
      input_ids: [2, 10, 11, 12, 3],
      attention_mask: [1, 1, 1, 1, 1],
      token_type_ids: [0, 0, 0, 0, 0],
      codes: [],
    });
  });

  it('pads to the length of the encoder with the id of padding', () => {
    expect(prepare('ab', { isFixed: true })).toEqual({
      input_ids: [2, 10, 11, 3, 7, 7],
      attention_mask: [1, 1, 1, 1, 0, 0],
      token_type_ids: [0, 0, 0, 0, 0, 0],
      codes: [],
    });
  });

  it.each([true, false])('keeps the last special token of a cut text, and says so (fixed: %s)', (isFixed) => {
    const { warnings } = prepareTokens('abcdef', letters, { tokens, maxTokens: 6, isFixed });
    expect(warnings).toEqual([
      { code: 'text_cut', pointer: '', detail: 'Only the first 4 tokens of the text are read' },
    ]);
    expect(prepare('abcdef', { isFixed }).input_ids).toEqual([2, 10, 11, 12, 13, 3]);
    expect(prepare('abcd', { isFixed })).toMatchObject({ input_ids: [2, 10, 11, 12, 13, 3], codes: [] });
  });

  it('makes only the inputs that the encoder has', () => {
    expect(prepare('ab', { given: { ids: 'x', pad: 0 } })).toEqual({ x: [2, 10, 11, 3], codes: [] });
  });

  it.each(['', ' ', '\n\t'])('warns of the empty text %j, and has a position that is read', (text) => {
    expect(prepare(text)).toMatchObject({ input_ids: [2, 3], attention_mask: [1, 1], codes: ['empty_text'] });
    expect(prepare(text, { tokenizer: bare })).toMatchObject({
      input_ids: [7],
      attention_mask: [1],
      codes: ['empty_text'],
    });
  });

  it('warns of a text whose tokens are mostly unknown', () => {
    expect(prepare('aaя').codes).toEqual([]);
    expect(prepare('aяя').codes).toEqual(['unknown_script']);
    expect(prepare('яя', { tokenizer: bare }).codes).toEqual([]);
  });

  it('tokenizes a long text only as far as it is read', () => {
    let given = 0;
    const tokenizer = {
      ...letters,
      encode(text: string) {
        given = text.length;
        return [10];
      },
    };
    expect(prepare('a '.repeat(5_000), { tokenizer }).codes).toEqual(['text_cut']);
    expect(given).toBe(384);
  });
});
