import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { dataProblems } from '../../../src/training/recipe/check-recipe.ts';
import { parseRecipe } from '../../../src/training/recipe/read-recipe.ts';
import type { Recipe } from '../../../src/training/recipe/recipe.ts';

const models = join(import.meta.dirname, '../../../models');
const bundled = (name: string): Recipe => JSON.parse(readFileSync(join(models, name, 'recipe.json'), 'utf8'));
const waves = bundled('sinusoid-maml');
const signs = bundled('omniglot-protonets');

function errorOf(value: unknown): InnerloopError {
  try {
    parseRecipe(value);
  } catch (error) {
    if (error instanceof InnerloopError) return error;
    throw error;
  }
  throw new Error('Expected the recipe to be refused');
}

describe('a recipe', () => {
  it.each(readdirSync(models).filter((name) => existsSync(join(models, name, 'recipe.json'))))(
    'of the bundled %s is accepted',
    (name) => {
      expect(parseRecipe(bundled(name))).toBeDefined();
    },
  );

  const wrong: readonly [string, unknown, string][] = [
    ['an unknown member', { ...waves, seed: 1 }, '/seed: expected one of name, version, '],
    [
      'an unknown member of a union',
      { ...waves, dataset: { name: 'sinusoid', path: 'x' } },
      '/dataset/path: expected one of name, got "x"',
    ],
    [
      'a missing member of a union',
      { ...signs, dataset: { name: 'omniglot' } },
      '/dataset/path: expected text, got nothing',
    ],
    [
      'a wrong member of a union',
      { ...signs, network: { ...signs.network, normalisation: 'layer' } },
      '/network/normalisation: expected "batch" or "none", got "layer"',
    ],
    [
      'a name that no member of a union has',
      { ...signs, dataset: { name: 'imagenet', path: 'x' } },
      '/dataset/name: expected "omniglot", "sinusoid", "images" or "contents", got "imagenet"',
    ],
    ['no object', { ...signs, dataset: 'omniglot' }, '/dataset: expected an object, got "omniglot"'],
    [
      'a list of another length',
      { ...signs, network: { ...signs.network, inputShape: [28, 28] } },
      '/network/inputShape: expected a list of 3: ',
    ],
    [
      'an algorithm that does not exist',
      { ...waves, algorithm: { name: 'mamll' } },
      '/algorithm/name: expected "maml", "reptile"',
    ],
    [
      'a setting that the algorithm does not have',
      { ...waves, algorithm: { name: 'maml', settings: { oder: 2 } } },
      '/algorithm/settings/oder: expected one of order, got 2',
    ],
    [
      'a number out of range',
      { ...waves, training: { ...waves.training, outerRate: 0 } },
      '/training/outerRate: expected a number above 0, got 0',
    ],
    [
      'one episode, which has no interval',
      { ...waves, evaluations: [{ ...waves.evaluations[0], episodes: 1 }] },
      '/evaluations/0/episodes: expected a whole number from 2, got 1',
    ],
    [
      'a warm start without a version',
      { ...waves, training: { ...waves.training, warmStart: 'omniglot-protonets' } },
      '/training/warmStart: expected a package and its version, such as omniglot-protonets@2.0.0, got',
    ],
    [
      'augmentation of data that are not images',
      {
        ...waves,
        training: { ...waves.training, augmentation: { rotate: 1, shift: 1, scale: 0.1, shear: 0 } },
      },
      '/training/augmentation: expected nothing, since sinusoid has no images',
    ],
    [
      'an algorithm for another kind of task',
      {
        ...waves,
        algorithm: { name: 'matching' },
        inner: { ...waves.inner, steps: { default: 0, minimum: 0, maximum: 0 } },
      },
      '/algorithm/name: expected an algorithm for regression, since sinusoid is regression, got "matching"',
    ],
    [
      'steps for an algorithm without any',
      { ...signs, inner: { ...signs.inner, steps: { default: 0, minimum: 0, maximum: 5 } } },
      '/inner/steps/maximum: expected 0, since protonets takes no steps, got 5',
    ],
    [
      'a network for other inputs',
      { ...signs, network: { ...signs.network, inputShape: [3, 28, 28] } },
      '/network/inputShape: expected an input of [1, 28, 28], which dataset omniglot gives, got [3,28,28]',
    ],
    [
      'a default beyond its bounds',
      { ...waves, inner: { ...waves.inner, rate: { default: 9, minimum: 0, maximum: 1 } } },
      '/inner/rate/default: expected from 0 to 1, got 9',
    ],
    [
      'an evaluation beyond the bounds on steps',
      { ...waves, evaluations: [{ ...waves.evaluations[0], steps: 10_000 }] },
      '/evaluations/0/steps: expected 0 to ',
    ],
    [
      'an evaluation beyond the bounds on classes',
      { ...signs, evaluations: [{ ...signs.evaluations[0], ways: 1_000_000 }] },
      '/evaluations/0/ways: expected 2 to ',
    ],
    [
      'one class only',
      { ...signs, validation: { ...signs.validation, ways: 1 } },
      '/validation/ways: expected a whole number from 2, got 1',
    ],
    [
      'classes for regression',
      { ...waves, evaluations: [{ ...waves.evaluations[0], ways: 5 }] },
      '/evaluations/0/ways: expected 1, since regression has no classes, got 5',
    ],
    ['a list', [], 'recipe.json: the recipe: expected an object, got []'],
  ];
  it.each(wrong)('with %s is refused: field, expected and got', (_what, value, message) => {
    const error = errorOf(value);
    expect(error.code).toBe('invalid_recipe');
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/schema|false/);
  });

  it('lists all its problems at once', () => {
    const { message } = errorOf({
      ...waves,
      name: 'No Name',
      version: '1',
      network: { name: 'mlp', sizes: [1] },
      training: { ...waves.training, iterations: 0, ways: undefined },
    });
    expect(message.split('\n')).toEqual([
      'recipe.json has 5 problems:',
      '  /name: expected a name of a-z, 0-9 and hyphens, at most 63 characters, got "No Name"',
      '  /version: expected a version such as 1.0.0, got "1"',
      '  /network/sizes: expected a list of at least 2, got [1]',
      '  /training/iterations: expected a whole number from 1, got 0',
      '  /training/ways: expected a whole number from 1, got nothing',
    ]);
  });
});

describe('a recipe with its data', () => {
  const split = (classes: number, count: number) =>
    Array.from({ length: classes }, (_, i) => ({ name: `class ${i}`, count }));
  const pointers = (recipe: Recipe, train: number, val: number, test: number, count = 20) =>
    dataProblems(recipe, {
      train: split(train, count),
      val: split(val, count),
      test: split(test, count),
    }).map(({ pointer }) => pointer);

  it('has no problem if every split has enough classes and examples', () => {
    expect(pointers(signs, 1000, 1000, 1000)).toEqual([]);
    expect(dataProblems(waves, null)).toEqual([]);
  });

  it('names each episode that a split has too few classes for', () => {
    const recipe = {
      ...signs,
      evaluations: [5, 20].map((ways) => ({ ...(signs.evaluations[0] as object), ways })),
    };
    expect(pointers(recipe as Recipe, 2, 2, 6)).toEqual([
      '/training/ways',
      '/validation/ways',
      '/evaluations/1/ways',
    ]);
  });

  it('checks each of the shapes of training episodes that take turns', () => {
    const alternating = [
      { ways: 5, shots: 1 },
      { ways: 12, shots: 1 },
      { ways: 5, shots: 19 },
    ];
    const training = { ...signs.training, ways: 5, shots: 1, queries: 2, alternating };
    const recipe = { ...signs, training } as Recipe;
    expect(pointers(recipe, 10, 1000, 1000)).toEqual([
      '/training/alternating/1/ways',
      '/training/alternating/2/shots',
    ]);
    expect(() =>
      parseRecipe({ ...recipe, training: { ...training, alternating: [{ ways: 1, shots: 1 }] } }),
    ).toThrow('/training/alternating/0/ways');
  });

  it('names each episode that classes have too few examples for, and counts only classes that are large enough', () => {
    const few = pointers(signs, 1000, 1000, 1000, 2);
    expect(few).toContain('/training/queries');
    expect(few).toContain('/evaluations/0/queries');
    const uneven = { train: split(1000, 20), val: split(1000, 20), test: [...split(4, 20), ...split(9, 3)] };
    const recipe = { ...signs, evaluations: [{ ...signs.evaluations[0], ways: 5, shots: 1, queries: 15 }] };
    expect(dataProblems(recipe as Recipe, uneven)).toEqual([
      {
        pointer: '/evaluations/0/ways',
        expected: 'at most 4, the classes of split test with 16 examples or more',
        got: '5',
      },
    ]);
  });
});
