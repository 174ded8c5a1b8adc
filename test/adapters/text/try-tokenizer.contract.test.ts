import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tryTokenizer } from '../../../src/adapters/text/try-tokenizer.ts';

const file = {
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: null,
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, a: 1 } },
};
const bytesOf = (change: object) => Buffer.from(JSON.stringify({ ...file, ...change }));
const replacing = (Regex: string) => ({ type: 'Replace', pattern: { Regex }, content: '' });

describe('trying a foreign tokenizer', () => {
  it.each(['wordpiece', 'byte-level-bpe', 'byte-fallback-bpe', 'unigram'])('accepts %s', async (name) => {
    const bytes = readFileSync(new URL(`../../fixtures/tokenizers/${name}.json`, import.meta.url));
    await expect(tryTokenizer(bytes)).resolves.toBeUndefined();
  });

  it.each([
    ['splits', { pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated' } }],
    ['normalises', { normalizer: replacing('(\\s|\\s\\s)+$') }],
  ])('ends one that %s with an expression of exponential time', async (_, change) => {
    await expect(tryTokenizer(bytesOf(change), { timeoutMs: 2000 })).rejects.toMatchObject({
      code: 'invalid_package',
      message:
        'tokenizer.json: expected a tokenizer that cuts short texts within 2 s, got one that takes longer',
    });
  });

  it('ends one that doubles a text again and again', async () => {
    const double = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' };
    const normalizer = { type: 'Sequence', normalizers: Array(40).fill(double) };
    await expect(tryTokenizer(bytesOf({ normalizer }), { timeoutMs: 60_000, memoryMb: 256 })).rejects.toThrow(
      /^tokenizer.json: expected a tokenizer that (opens within 256 MB|cuts (short|every) text)/,
    );
  });

  it('refuses what is not a tokenizer', async () => {
    await expect(tryTokenizer(Buffer.from('['.repeat(100_000)))).rejects.toThrow(
      /^tokenizer.json: expected a file of Hugging Face's tokenizers/,
    );
  });
});
