import { describe, expect, it } from 'vitest';
import type { ForeignTensor } from '../../../src/encoders/import/options.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { readEncoder } from '../../../src/package/encoder/read-encoder.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { expectClose } from '../../support/close.ts';
import { runOnce } from '../../support/run-once.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { importBytes } from './import-options.ts';
import type { Builder } from './network-builder.ts';
import { textTransformer } from './networks.ts';
import {
  attentionMask,
  counted,
  pairs,
  places,
  relative,
  rotated,
  SIZE,
  textNetwork,
  VOCABULARY,
} from './text-networks.ts';

const importText = (bytes: Uint8Array, maxTokens = 12, change = {}) =>
  importBytes(bytes, 'text', { preparation: { maxTokens }, ...change });

const int64 = (rows: readonly (readonly number[])[]): ForeignTensor => ({
  type: 'int64',
  shape: [rows.length, rows[0]?.length ?? 0],
  numbers: Float64Array.from(rows.flat()),
});
const idsOf = (tokens: number) => Array.from({ length: tokens }, (_, i) => (7 * i + tokens) % VOCABULARY);

/** Features [8] of each text in one run, whose texts are padded to `tokens`. */
async function embed(program: Uint8Array, texts: readonly (readonly number[])[], tokens: number, pad = 3) {
  const padded = (row: readonly number[], by: number) => [
    ...row,
    ...Array<number>(tokens - row.length).fill(by),
  ];
  const feeds = {
    ids: int64(texts.map((ids) => padded(ids, pad))),
    mask: int64(
      texts.map((ids) =>
        padded(
          ids.map(() => 1),
          0,
        ),
      ),
    ),
    types: int64(
      texts.map((ids) =>
        padded(
          ids.map(() => 0),
          0,
        ),
      ),
    ),
  };
  const { features } = await runOnce(program, feeds, ['features']);
  return texts.map((_, i) => ({
    shape: [SIZE],
    data: features?.numbers.subarray(i * SIZE, (i + 1) * SIZE) ?? [],
  }));
}

describe('a model of texts', () => {
  it.each([4, 8, 13, 14, 16, 24])('reads texts at their own length, of at most %i tokens', async (tokens) => {
    const { bytes } = textTransformer(VOCABULARY);
    const { draft, report } = await importText(bytes, tokens);
    expect(report.notes.at(-1)).toMatch(`A text is read at its own length, and cut after ${tokens} tokens`);
    expect(report.inputs[0]).toBe('input_ids int64 [1, T]');
    const encoder = await writeEncoder(await scratchFolder(), draft);
    expect((await readEncoder(encoder.folder)).manifest).toMatchObject({
      preparation: { maxTokens: tokens },
      inputs: ['ids', 'mask', 'types'].map((name) => ({ name, shape: ['T'], dtype: 'int64' })),
    });

    const texts = [1, 2, 3, tokens - 1, tokens].map(idsOf);
    const program = encodeModel(draft.program);
    const padded = await embed(program, texts, tokens);
    for (const [i, ids] of texts.entries()) {
      const [alone] = await embed(program, [ids], ids.length);
      expectClose(alone, padded[i], 1e-5, `${ids.length} tokens beside longer texts`);
      const given = [ids, ids.map(() => 1), ids.map(() => 0)].map((row) => int64([row]));
      const [input_ids, attention_mask, token_type_ids] = given as [
        ForeignTensor,
        ForeignTensor,
        ForeignTensor,
      ];
      const { last_hidden_state: states } = await runOnce(
        bytes,
        { input_ids, attention_mask, token_type_ids },
        ['last_hidden_state'],
      );
      const mean = Array.from({ length: SIZE }, (_, d) =>
        ids.reduce((sum, _id, t) => sum + Number(states?.numbers[t * SIZE + d]) / ids.length, 0),
      );
      expectClose(alone, { shape: [SIZE], data: mean }, 1e-5, `${ids.length} tokens of the original`);
    }
  });

  it.each<readonly [string, Parameters<typeof textNetwork>[0], object]>([
    ['biases of attention by distance', relative, {}],
    ['a mask of pairs', pairs, {}],
    ['positions that are counted', counted, {}],
    ['tokens that are turned by their places', rotated, {}],
    [
      'the first token as features',
      (b, words) => b.block(words, SIZE, attentionMask(b)),
      { pooling: 'first' },
    ],
  ])('reads texts at their own length with %s', async (_, make, change) => {
    const { draft, report } = await importText(textNetwork(make), 12, change);
    expect(report.notes.at(-1)).toMatch('A text is read at its own length');
    expect(draft.facts.inputs).toEqual(
      ['ids', 'mask'].map((name) => ({ name, shape: ['T'], dtype: 'int64' })),
    );
  });

  const mean = (b: Builder, x: string) => b.node('ReduceMean', [x], { axes: [1], keepdims: 0 });
  const masked = (b: Builder, x: string) => {
    const mask = b.node('Cast', [b.node('Unsqueeze', ['attention_mask', b.ints(2)])], { to: 1 });
    return b.node('Mul', [x, mask]);
  };

  it.each<readonly [string, Uint8Array, RegExp]>([
    [
      'no mask',
      textNetwork((b, words) => b.block(words, SIZE), { names: ['input_ids'] }),
      /it has no input for a mask of padding/,
    ],
    [
      'one length',
      textNetwork((b, words) => b.block(words, SIZE, attentionMask(b)), { length: 12 }),
      /its inputs have 12 tokens/,
    ],
    [
      'a mean that counts padding',
      textNetwork((b, words) => mean(b, masked(b, words)), { result: 'sentence_embedding' }),
      /features of a text of length 1 within 0.0001 of those with padding up to 12 tokens, got 11/,
    ],
    [
      'positions from the end',
      textNetwork((b, words) => {
        const last = b.node('Sub', [b.dimension('input_ids', 1), b.int(1)]);
        const table = b.node('Gather', [b.weights(24, SIZE), b.node('Sub', [last, places(b)])], { axis: 0 });
        return b.block(b.node('Add', [words, table]), SIZE, attentionMask(b));
      }),
      /a constant \[.*\] at size 12 does not begin with the one at size 11/,
    ],
    [
      'positions by the length',
      textNetwork((b, words) => {
        const length = b.node('Cast', [b.dimension('input_ids', 1)], { to: 1 });
        return b.block(b.node('Div', [words, length]), SIZE, attentionMask(b));
      }),
      /does not begin with/,
    ],
  ])('stays at the most tokens with %s, and says so', async (_, bytes, told) => {
    const { draft, report } = await importText(bytes);
    expect(draft.facts.inputs[0]).toEqual({ name: 'ids', shape: [12], dtype: 'int64' });
    expect(report.notes.at(-2)).toMatch('Every text is read as 12 tokens, cut or padded');
    expect(report.notes.at(-1)).toMatch(/^Short texts cost as much as long ones: /);
    expect(report.notes.at(-1)).toMatch(told);
  });
});
