import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { blocksOf } from '../../../src/graph/cut/blocks.ts';
import { modelOf } from '../../../src/graph/export/encode.ts';
import { input, reshape } from '../../../src/graph/ops/index.ts';
import { program } from '../../../src/graph/program.ts';
import { substitute } from '../../../src/graph/rewriting/rewrite.ts';
import type { Value } from '../../../src/graph/value.ts';
import { vmap } from '../../../src/graph/vmap/vmap.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { startWeights } from '../../../src/training/loop/weights.ts';
import { createRandom } from '../../../src/training/random.ts';
import { blocksNamed, divideEncoder, openEncoderEnd } from '../../../src/training/trainable/encoder-end.ts';
import { writeTrainedEncoder } from '../../../src/training/trainable/trained-encoder.ts';
import { expectClose } from '../../support/close.ts';
import { tappedTrunk } from '../../support/encoders/small-trunk.ts';
import { tinyEncoder } from '../../support/encoders/tiny-encoder.ts';

let folder = '';
let whole: Encoder;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'innerloop-encoders-'));
  whole = await writeEncoder(folder, {
    facts: {
      name: 'whole',
      version: '1.0.0',
      description: 'For tests',
      license: 'Apache-2.0',
      sources: [],
      preparation: { kind: 'tensor' },
      inputs: [{ name: 'picture', shape: [3, 8, 8] }],
      features: 10,
      batch: 4,
    },
    program: modelOf(embedding()),
  });
});
afterAll(() => rm(folder, { recursive: true }));

/** The tapped network over a batch of pictures. */
function embedding() {
  const { picture, features } = tappedTrunk();
  const own = input('picture', [3, 8, 8]);
  const [one] = substitute([features], new Map<Value, Value>([[picture, reshape(own, [1, 3, 8, 8])]]));
  const rows = vmap([one as Value], ['picture'], 'B');
  if ('missing' in rows) throw new Error(rows.missing.op);
  return program('embed', [input('picture', ['B', 3, 8, 8])], { features: rows.values[0] as Value });
}

async function embed({ program: bytes, folder: weightsFolder }: Encoder, picture: Tensor): Promise<Tensor> {
  const session = await compile(bytes, { threads: 1, weightsFolder });
  const { features } = await session.run({ picture });
  await session.dispose();
  return features as Tensor;
}

describe('divideEncoder', () => {
  it.each([
    [1, 4 * 8 * 8 + 4],
    [2, 4 * 8 * 8],
    [3, 3 * 8 * 8],
  ])('writes the beginning before the last %i blocks beside the whole', async (blocks, width) => {
    const { beginning, of } = await divideEncoder(whole, () => blocks);
    expect(of).toBe(3);
    expect(beginning.manifest).toMatchObject({ name: `whole-before-last-${blocks}`, license: 'Apache-2.0' });
    expect([beginning.manifest.inputs, beginning.manifest.features]).toEqual([whole.manifest.inputs, width]);
    const random = createRandom(blocks);
    const pictures = [0, 1].map(() =>
      tensor(
        [1, 3, 8, 8],
        Array.from({ length: 192 }, () => random.normal()),
      ),
    );
    const [one, other] = await Promise.all(pictures.map((each) => embed(beginning, each)));
    expect(one?.shape).toEqual([1, width]);
    expect(one?.data).not.toEqual(other?.data);
  });

  it('gives the same digest each time', async () => {
    const [one, other] = [await divideEncoder(whole, () => 1), await divideEncoder(whole, () => 1)];
    expect(one.beginning.manifest.digest).toBe(other.beginning.manifest.digest);
  });

  it.each([
    ['more blocks than there are', async () => whole, /at most 3, the blocks of encoder whole, got 9/],
    [
      'inputs of any length',
      () => tinyEncoder('audio', { directory: folder }),
      /fixed sizes, got samples \[S\]/,
    ],
  ])('refuses %s', async (_what, encoder, told) => {
    await expect(divideEncoder(await encoder(), () => 9)).rejects.toThrow(told);
  });
});

describe('a recipe', () => {
  const recipe = async () => ({
    name: 'encoder-end' as const,
    encoder: 'whole',
    digest: whole.manifest.digest,
    blocks: 1,
    width: 260,
    parts: [{ name: 'dense', start: 0, width: 10, centre: true, bottleneck: 2 }],
    length: 3,
  });
  const read = async () => whole;

  it('names a network whose weights are those of the end, and of the views', async () => {
    const { inputShape, features, parameters } = await openEncoderEnd(await recipe(), read);
    expect([inputShape, features]).toEqual([[260], 10]);
    expect(Object.keys(parameters)).toEqual([
      'block2.depthwise',
      'block2.pointwise',
      'block2.bias',
      'views.dense.centre',
      'views.dense.down',
      'views.dense.bias',
      'views.dense.up',
      'views.join',
    ]);
  });

  it.each([
    ['another encoder', { digest: 'sha256:00' }, /digest sha256:00, got sha256:/],
    ['another cut', { width: 192 }, /Expected 260 for 1 blocks of whole, got 192/],
  ])('of %s is refused', async (_what, change, told) => {
    await expect(openEncoderEnd({ ...(await recipe()), ...change }, read)).rejects.toThrow(told);
  });
});

describe('writeTrainedEncoder', () => {
  const picture = tensor(
    [2, 3, 8, 8],
    Array.from({ length: 384 }, (_, i) => Math.sin(i)),
  );

  it.each([1, 2, 3])(
    'writes what it was made from, if its last %i blocks have not changed',
    async (blocks) => {
      const { weights, recipe } = await endAt(blocks);
      const made = await writeTrainedEncoder('same', recipe, weights, async () => whole);
      expect(made.manifest).toMatchObject({ name: 'same', inputs: whole.manifest.inputs, features: 10 });
      expectClose(await embed(made, picture), await embed(whole, picture), 1e-5);
    },
  );

  it('writes weights in their own size: twice the pointwise kernel and its bias give twice the features', async () => {
    const { weights, recipe } = await endAt(1);
    const doubled = Object.fromEntries(
      Object.entries(weights).map(([name, { shape, data }]) => {
        const factor = name === 'block2.pointwise' || name === 'block2.bias' ? 2 : 1;
        return [name, { shape, data: data.map((v) => factor * v) }];
      }),
    );
    const made = await writeTrainedEncoder('doubled', recipe, doubled, async () => whole);
    const [before, after] = [await embed(whole, picture), await embed(made, picture)];
    // The first four features were pooled before the last block.
    const expected = before.data.map((each, i) => (i % 10 < 4 ? each : 2 * each));
    expectClose(after, { shape: [2, 10], data: expected }, 1e-5);
    expect(made.manifest.digest).not.toBe(whole.manifest.digest);
  });

  async function endAt(blocks: number) {
    const parts = [{ name: 'dense', start: 0, width: 10 }];
    const { end, beginning } = await divideEncoder(whole, () => blocks);
    const { digest } = whole.manifest;
    const width = beginning.manifest.features;
    const recipe = {
      name: 'encoder-end',
      encoder: 'whole',
      digest,
      blocks,
      width,
      parts,
      length: 1,
    } as const;
    const weights = startWeights(end({ parts, length: 1 }).parameters, createRandom(1));
    return { weights, recipe: { ...recipe, parts } };
  }
});

describe('--trainable', () => {
  const blocks = blocksOf(tappedTrunk().features);

  it.each([
    ['last:1', 1],
    ['all', 3],
    ['last:3', 3],
    ['block1', 2],
    ['block2.pointwise', 1],
    ['stem', 3],
  ])('%s names the last %i blocks', (text, count) => {
    expect(blocksNamed(text, blocks)).toBe(count);
  });

  it.each(['last:0', 'last:4', 'last:x', 'block', 'layer4'])(
    'refuses %s and lists what it may be',
    (text) => {
      expect(() => blocksNamed(text, blocks)).toThrow(/last:1 to last:3, or the name of a weight such as/);
    },
  );
});
