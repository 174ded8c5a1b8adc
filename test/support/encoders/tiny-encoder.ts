import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelOf } from '../../../src/graph/export/encode.ts';
import { add, constant, input, matMul, mul, reduceSum, relu, reshape } from '../../../src/graph/ops/index.ts';
import { program } from '../../../src/graph/program.ts';
import type { Value } from '../../../src/graph/value.ts';
import type { Encoder, EncoderManifest } from '../../../src/package/encoder/encoder.ts';
import type { Preparation } from '../../../src/package/encoder/preparation.ts';
import { type EncoderDraft, writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { createRandom } from '../../../src/training/random.ts';

/** Number of features of every tiny encoder. */
export const TINY_FEATURES = 8;

const preparations = {
  image: { kind: 'image', size: 8, fit: 'cover', mean: [0, 0, 0], deviation: [1, 1, 1] },
  audio: {
    kind: 'audio',
    sampleRate: 16_000,
    maxSamples: 480_000,
    silenceDecibels: 60,
    before: 0,
    after: 0,
  },
  text: { kind: 'text', maxTokens: 128, ngrams: { minimum: 3, maximum: 5, buckets: 16 } },
  tensor: { kind: 'tensor' },
} satisfies { readonly [Kind in Preparation['kind']]: Extract<Preparation, { kind: Kind }> };

const inputs = {
  image: [{ name: 'image', shape: [3, 8, 8] }],
  audio: [{ name: 'samples', shape: ['S'] }],
  text: [
    { name: 'ids', shape: ['T'] },
    { name: 'mask', shape: ['T'] },
    { name: 'ngrams', shape: [16] },
  ],
  tensor: [{ name: 'window', shape: [3, 4] }],
} satisfies { readonly [Kind in Preparation['kind']]: EncoderManifest['inputs'] };

/** Random weights [n, TINY_FEATURES]. */
function weights(n: number, seed: number): Value {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: n * TINY_FEATURES }, () => random.normal() / Math.sqrt(n));
  return constant({ shape: [n, TINY_FEATURES], data }, `w${n}`);
}

/** Σₜ relu(xₜ w): zeros behind the end change nothing. */
const pooled = (x: Value, axis: string, seed: number): Value =>
  reduceSum(relu(matMul(reshape(x, ['B', axis, 1]), weights(1, seed))), [1]);

const networks: {
  readonly [Kind in Preparation['kind']]: (x: readonly Value[], seed: number) => Value;
} = {
  image: ([image], seed) => relu(matMul(reshape(image as Value, ['B', 192]), weights(192, seed))),
  audio: ([samples], seed) => pooled(samples as Value, 'S', seed),
  tensor: ([window], seed) => relu(matMul(reshape(window as Value, ['B', 12]), weights(12, seed))),
  // Ids of whole texts add up to hundreds. Squared distances of such features would lose the digits that tests compare.
  text: ([ids, mask, ngrams], seed) =>
    mul(
      add(pooled(mul(ids as Value, mask as Value), 'T', seed), matMul(ngrams as Value, weights(16, seed))),
      1 / 128,
    ),
};

/** The pieces are the letters, so that the tokens of a text are its letters. */
const tokenizer = {
  type: 'unigram',
  reserved: 1,
  pieces: ['<unknown>', '▁', ...'abcdefghijklmnopqrstuvwxyz'].map((piece) => [piece, -1]),
};

/** A real encoder with random weights that runs in microseconds. */
export function tinyEncoderDraft(kind: Preparation['kind'], seed = 1): EncoderDraft {
  const values = inputs[kind].map(({ name, shape }) => input(name, ['B', ...shape]));
  return {
    facts: {
      name: `tiny-${kind}`,
      version: '1.0.0',
      description: 'For tests',
      license: 'Apache-2.0',
      sources: [],
      preparation: preparations[kind],
      inputs: inputs[kind],
      features: TINY_FEATURES,
      batch: 4,
    },
    files:
      kind === 'text' ? { 'tokenizer.json': Buffer.from('{"type":"unigram","reserved":1,"pieces":[]}') } : {},
    program: modelOf(program(`tiny-${kind}`, values, { features: networks[kind](values, seed) })),
    ...(kind === 'text' && { files: { 'tokenizer.json': Buffer.from(JSON.stringify(tokenizer)) } }),
  };
}

/** Writes a tiny encoder into `directory`, which by default is a new folder. */
export async function tinyEncoder(
  kind: Preparation['kind'],
  { seed = 1, directory }: { readonly seed?: number; readonly directory?: string } = {},
): Promise<Encoder> {
  return writeEncoder(
    directory ?? (await mkdtemp(join(tmpdir(), 'innerloop-encoders-'))),
    tinyEncoderDraft(kind, seed),
  );
}
