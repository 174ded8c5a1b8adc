import { describe, expect, it } from 'vitest';
import type { EncoderManifest } from '../../../src/package/encoder/encoder.ts';
import { type EndOptions, encoderEndRecipe } from '../../../src/training/recipe/encoder-end-recipe.ts';
import { parseRecipe } from '../../../src/training/recipe/read-recipe.ts';

const manifestOf = (name: string, features: number) =>
  ({ name, digest: `sha256:${name}`, features, preparation: { kind: 'image' } }) as EncoderManifest;
const classes = Array.from({ length: 20 }, (_, i) => ({ name: `class ${i}`, count: 30 }));

const recipeFor = (training: EndOptions['training'], algorithm: EndOptions['algorithm'] = 'cosine') =>
  encoderEndRecipe(
    {
      name: 'mine',
      paths: ['photos'],
      algorithm,
      training,
      ways: null,
      shots: 1,
      iterations: null,
      seed: 1,
    },
    {
      encoder: manifestOf('whole', 64),
      beginning: manifestOf('pixels', 300),
      blocks: 3,
      writes: 'mine',
    },
    classes,
  );
const supervised = recipeFor({ objective: 'supervised' });

describe('a recipe with an objective', () => {
  it('says all that training depends on', () => {
    expect(supervised.training).toEqual({
      objective: 'supervised',
      seed: 1,
      iterations: 400,
      examples: 64,
      outerRate: 0.002,
      smoothing: 0.1,
    });
    const teacher = manifestOf('teacher', 128);
    const { training } = recipeFor({ objective: 'distillation', teacher, unlabelled: ['more'] });
    expect(training).toMatchObject({
      teacher: { name: 'teacher', digest: 'sha256:teacher' },
      unlabelled: ['more'],
    });
  });

  it('has no adapter, which the encoder that is written would not have', () => {
    const partsOf = ({ network }: typeof supervised) =>
      network.name === 'encoder-end' ? network.parts : undefined;
    expect(partsOf(supervised)).toEqual([{ name: 'dense', start: 0, width: 64, centre: true }]);
    expect(partsOf(recipeFor({ objective: 'episodic' }))).toMatchObject([{ bottleneck: 254 }]);
  });

  it('is read again as it was', () => {
    expect(parseRecipe(JSON.parse(JSON.stringify(supervised)))).toEqual(supervised);
  });

  const { training, network } = supervised;
  it.each([
    [
      'an unknown objective',
      { training: { ...training, objective: 'contrastive' } },
      '/training/objective: expected "episodic", "supervised" or "distillation", got "contrastive"',
    ],
    [
      'members of another objective',
      { training: { ...training, metaBatch: 4 } },
      '/training/metaBatch: expected one of objective, seed, iterations, ',
    ],
    [
      'no teacher',
      { training: { ...training, objective: 'distillation', smoothing: undefined } },
      '/training/teacher: expected an object, got nothing',
    ],
    [
      'episodes that are not described, when no objective is named',
      { training: { ...training, objective: undefined } },
      '/training/metaBatch: expected a whole number from 1, got nothing',
    ],
    [
      'all of the label smoothed',
      { training: { ...training, smoothing: 1 } },
      '/training/smoothing: expected a number from 0 below 1, got 1',
    ],
    [
      'an algorithm that learns in episodes',
      { algorithm: { name: 'head-mixture' } },
      '/algorithm/name: expected cosine or protonets with objective supervised, got "head-mixture"',
    ],
    [
      'a network that is not an encoder',
      { network: { name: 'features', width: 300, parts: [{ name: 'all', start: 0, width: 300 }] } },
      '/training/objective: expected "episodic", since network features is not an encoder, got "supervised"',
    ],
  ])('with %s is refused', (_what, changed, message) => {
    const recipe = JSON.parse(JSON.stringify({ ...supervised, network, ...changed }));
    expect(() => parseRecipe(recipe)).toThrow(message);
  });
});
