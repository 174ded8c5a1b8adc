import { describe, expect, it } from 'vitest';
import type { EncoderManifest } from '../../../src/package/encoder/encoder.ts';
import { contentsRecipe } from '../../../src/training/recipe/contents-recipe.ts';

const options = {
  name: 'mine',
  paths: ['data.csv'],
  algorithm: 'head-mixture',
  ways: null,
  shots: 1,
  iterations: null,
  seed: 1,
} as const;
const classes = Array.from({ length: 12 }, (_, i) => ({ name: `class ${i}`, count: 20 }));
const ngrams = { minimum: 3, maximum: 5, buckets: 4096 };

describe('a recipe over features of an encoder', () => {
  const partsOf = (preparation: object, features: number) => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const manifest = { name: 'any', digest, features, preparation } as EncoderManifest;
    const { dataset, network } = contentsRecipe(options, manifest, classes);
    expect(dataset).toMatchObject({ encoder: { kind: manifest.preparation.kind, features } });
    return (network as { parts?: readonly object[] }).parts;
  };

  it.each([
    ['sentences of an imported encoder', { kind: 'text', tokens: { ids: 'ids', pad: 0 } }, 384, 42],
    ['photos', { kind: 'image' }, 2048, 7],
    ['windows of sensors', { kind: 'tensor' }, 64, 254],
    ['very wide features', { kind: 'audio' }, 40_000, 1],
  ])('adapts all features of %s', (_, preparation, width, bottleneck) => {
    expect(partsOf(preparation, width)).toMatchObject([{ name: 'dense', start: 0, width, bottleneck }]);
  });

  it('leaves hashed n-grams as they are', () => {
    expect(partsOf({ kind: 'text', ngrams }, 4608)).toMatchObject([
      { name: 'dense', start: 0, width: 512 },
      { name: 'ngrams', start: 512, width: 4096 },
    ]);
  });
});
