import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createContentDecoder } from '../../../../src/adapters/decoding/content-decoder.ts';
import { createOnnxEmbedder } from '../../../../src/adapters/onnxruntime/embedding/embedder.ts';
import { compile } from '../../../../src/adapters/onnxruntime/threads/session.ts';
import { openFeatureEncoder } from '../../../../src/adapters/onnxruntime/training/feature-encoder.ts';
import { defaultPictureLimits } from '../../../../src/adapters/sharp/decoder.ts';
import { type Content, textContent } from '../../../../src/domain/content.ts';
import { tensorContent } from '../../../../src/domain/tensor-content.ts';
import type { Encoder } from '../../../../src/package/encoder/encoder.ts';
import { tensor } from '../../../../src/tensor.ts';
import { tinyEncoder } from '../../../support/encoders/tiny-encoder.ts';
import { tinyTokenEncoder } from '../../../support/encoders/tiny-tokens.ts';

const encoders: Record<string, Encoder> = {};
beforeAll(async () => {
  const folder = () => mkdtemp(join(tmpdir(), 'innerloop-encoders-'));
  const directory = await folder();
  encoders.masked = await tinyTokenEncoder({ directory });
  encoders.fixed = await tinyTokenEncoder({ directory, length: 12, hasMask: false });
  encoders.alone = await tinyTokenEncoder({ directory: await folder(), hasMask: false });
  encoders.numbers = await tinyEncoder('tensor', { directory });
});

async function open(encoder: Encoder) {
  const decoder = createContentDecoder({
    threads: 1,
    pictures: defaultPictureLimits,
    texts: { maxBytes: 1_000 },
    sounds: { seconds: 1 },
  });
  const embedder = createOnnxEmbedder({ threads: 1 });
  onTestFinished(async () => {
    await embedder[Symbol.asyncDispose]();
    await decoder[Symbol.asyncDispose]();
  });
  await embedder.load(encoder);
  return {
    decoder,
    async embed(content: Content) {
      const { inputs } = await decoder.prepare(content, encoder);
      const run = { encoder: encoder.manifest.digest, inputs, owner: 'a', urgency: 'support' } as const;
      return [...(await embedder.embed(run)).data];
    },
  };
}

const texts = ['I lost my card yesterday.', 'Where is it?', 'card', 'Padding of masks and tokens'];

/** Σₜ relu(idsₜ w), from the ids themselves. */
function expected(ids: readonly number[], unit: readonly number[]): readonly number[] {
  const sum = ids.reduce((total, each) => total + each, 0);
  return unit.map((each) => each * sum);
}

describe('tokens', () => {
  it.each(['masked', 'fixed', 'alone'])(
    'of several texts at once have the features of each alone (%s)',
    async (name) => {
      const encoder = encoders[name] as Encoder;
      const { embed, decoder } = await open(encoder);
      const together = await Promise.all(texts.map((text) => embed(textContent(text))));
      const session = await compile(encoder.program, { weightsFolder: encoder.folder });
      for (const [i, text] of texts.entries()) {
        const { inputs } = await decoder.prepare(textContent(text), encoder);
        const rows = Object.entries(inputs).map(([key, { shape, data }]) => [
          key,
          { shape: [1, ...shape], data },
        ]);
        const { features } = await session.run(Object.fromEntries(rows));
        expect(together[i]).toEqual([...(features?.data ?? [])].map((each) => expect.closeTo(each, 4)));
      }
      await session.dispose();
    },
  );

  it('reach the graph as whole numbers of 64 bits', async () => {
    const encoder = encoders.alone as Encoder;
    const { embed, decoder } = await open(encoder);
    const { inputs } = await decoder.prepare(textContent('card'), encoder);
    const ids = [...(inputs.input_ids?.data ?? [])];
    const session = await compile(encoder.program, { weightsFolder: encoder.folder });
    const feed = (id: number) => ({ shape: [1, 1], data: Float32Array.of(id) });
    const { features } = await session.run({ input_ids: feed(1), token_type_ids: feed(0) });
    await session.dispose();
    expect(ids[0]).toBe(2);
    expect(ids.at(-1)).toBe(3);
    const wanted = expected(ids, [...(features?.data ?? [])]);
    expect(await embed(textContent('card'))).toEqual(wanted.map((each) => expect.closeTo(each, 4)));
  });

  it('are read by the encoder of a training run too', async () => {
    const encoder = encoders.masked as Encoder;
    const { embed, decoder } = await open(encoder);
    const training = await openFeatureEncoder(encoder, decoder, 1);
    const features = await training.embed(textContent('Where is it?'));
    expect([...features.data]).toEqual(await embed(textContent('Where is it?')));
  });
});

describe('numbers', () => {
  it('are the input of their encoder as they are', async () => {
    const encoder = encoders.numbers as Encoder;
    const { embed, decoder } = await open(encoder);
    const window = tensor(
      [3, 4],
      Array.from({ length: 12 }, (_, i) => i - 5.5),
    );
    const content = tensorContent(window);
    expect(await decoder.prepare(content, encoder)).toEqual({ inputs: { window }, warnings: [] });
    const session = await compile(encoder.program, { weightsFolder: encoder.folder });
    const { features } = await session.run({ window: { shape: [1, 3, 4], data: window.data } });
    await session.dispose();
    expect(await embed(content)).toEqual([...(features?.data ?? [])]);
    // The content is still whole: the embedder moves its inputs to a thread.
    expect(content.bytes).toHaveLength(48);
  });

  it('are refused by an encoder of two inputs', async () => {
    const { decoder } = await open(encoders.masked as Encoder);
    await expect(
      decoder.prepare(tensorContent(tensor([1], [1])), encoders.masked as Encoder),
    ).rejects.toThrow('one input');
  });
});
