import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { type Tensor, type Tensors, tensor } from '../../../src/tensor.ts';
import { startWeights } from '../../../src/training/loop/weights.ts';
import { createRandom } from '../../../src/training/random.ts';
import { divideEncoder } from '../../../src/training/trainable/encoder-end.ts';
import { writeTrainedEncoder } from '../../../src/training/trainable/trained-encoder.ts';
import { importBytes } from '../../encoders/import/import-options.ts';
import type { Builder } from '../../encoders/import/network-builder.ts';
import { attentionMask, places, SIZE, textNetwork } from '../../encoders/import/text-networks.ts';
import { expectClose } from '../../support/close.ts';
import { tinyTokenEncoder } from '../../support/encoders/tiny-tokens.ts';
import { scratchFolder } from '../../support/scratch.ts';

const MOST_TOKENS = 12;
const fixed = ['ids', 'mask'].map((name) => ({ name, shape: [MOST_TOKENS], dtype: 'int64' }));

/** Tokens so wide that masks beside them are small. */
const WIDTH = 64;

function twoBlocks(b: Builder, words: string): string {
  const sum = b.node('Add', [words, b.node('Gather', [b.weights(24, SIZE), places(b)], { axis: 0 })]);
  const mask = attentionMask(b);
  return b.block(b.block(b.linear(sum, SIZE, WIDTH), WIDTH, mask), WIDTH, mask);
}

/** Features of one text, padded to a length. */
async function embed({ program, folder }: Encoder, ids: readonly number[], length: number): Promise<Tensor> {
  const session = await compile(program, { threads: 1, weightsFolder: folder });
  const row = (numbers: readonly number[]) =>
    tensor([1, length], [...numbers, ...Array<number>(length - numbers.length).fill(0)]);
  const { features } = await session.run({
    ids: row(ids),
    mask: row(ids.map(() => 1)),
  });
  await session.dispose();
  return features as Tensor;
}

describe('an encoder of texts of any length', () => {
  let draft: Awaited<ReturnType<typeof importBytes>>['draft'];
  beforeAll(async () => {
    const preparation = { maxTokens: MOST_TOKENS };
    ({ draft } = await importBytes(textNetwork(twoBlocks), 'text', { preparation }));
  });

  it.each([1, 2, 4])(
    'is divided before its last %i blocks at the most tokens, and written for any length',
    async (blocks) => {
      const whole = await writeEncoder(await scratchFolder(), draft);
      expect(whole.manifest.inputs[0]?.shape).toEqual(['T']);
      const { beginning, end, of } = await divideEncoder(whole, () => blocks);
      expect(of).toBe(4);
      expect(beginning.manifest.inputs).toEqual(fixed);
      const parts = [{ name: 'dense', start: 0, width: WIDTH }];
      const { digest } = whole.manifest;
      const width = beginning.manifest.features;
      const recipe = { name: 'encoder-end', encoder: 'imported', digest, blocks, width, length: 1 } as const;
      const weights = startWeights(end({ parts, length: 1 }).parameters, createRandom(1));
      const write = (name: string, trained: Tensors) =>
        writeTrainedEncoder(name, { ...recipe, parts }, trained, async () => whole);
      const made = await write('same', weights);
      expect(made.manifest).toMatchObject({ name: 'same', inputs: whole.manifest.inputs, features: WIDTH });
      for (const ids of [[4], [5, 7, 1], Array.from({ length: MOST_TOKENS }, (_, i) => 3 * i + 1)]) {
        const expected = await embed(whole, ids, ids.length);
        expectClose(await embed(made, ids, ids.length), expected, 1e-5);
        expectClose(await embed(made, ids, MOST_TOKENS), expected, 1e-5);
      }

      const larger = Object.entries(weights).map(
        ([name, { shape, data }]) => [name, { shape, data: data.map((v) => 1.5 * v) }] as const,
      );
      const trained = await write('trained', Object.fromEntries(larger));
      const [own, padded] = [
        await embed(trained, [5, 7, 1], 3),
        await embed(trained, [5, 7, 1], MOST_TOKENS),
      ];
      expectClose(own, padded, 1e-5);
      const before = await embed(whole, [5, 7, 1], 3);
      expect(() => expectClose(own, before, 1e-2)).toThrow('they differ');
    },
  );

  it('is refused without a mask: padding would change its features', async () => {
    const encoder = await tinyTokenEncoder({ directory: await scratchFolder(), hasMask: false });
    await expect(divideEncoder(encoder, () => 1)).rejects.toThrow(
      /inputs of fixed sizes, got input_ids \[T\]/,
    );
  });
});
