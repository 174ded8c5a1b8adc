import { describe, expect, it } from 'vitest';
import type { ImageStatistics } from '../../../src/training/datasets/images/image-statistics.ts';
import { imagesRecipe, planClasses } from '../../../src/training/recipe/images-recipe.ts';
import { parseRecipe } from '../../../src/training/recipe/read-recipe.ts';
import { startingPoints } from '../../../src/training/recipe/starting-points.ts';

describe('a recipe for a folder of images', () => {
  const images = Array.from({ length: 12 }, (_, i) => ({
    name: `${i}.png`,
    size: 1,
    modifiedMs: 0,
    read: async () => new Uint8Array(),
  }));
  const classes = Array.from({ length: 30 }, (_, i) => ({ name: `class ${i}`, files: images }));
  const recipeFor = (statistics: ImageStatistics) => {
    const options = { name: 'a', path: 'a', algorithm: 'protonets', size: 32, shots: 1, seed: 1 } as const;
    const whole = { ...options, ways: null, iterations: null };
    return imagesRecipe(whole, planClasses(classes, whole), statistics);
  };

  it.each<[string, ImageStatistics, object]>([
    [
      'drawings on white',
      { channels: 1, lightGround: true, drawings: true },
      { invert: true, ink: 'normalise' },
    ],
    [
      'drawings on black',
      { channels: 1, lightGround: false, drawings: true },
      { invert: true, ink: 'normalise' },
    ],
    ['grey photos', { channels: 1, lightGround: false, drawings: false }, { invert: false, ink: undefined }],
    ['goods on white', { channels: 3, lightGround: true, drawings: false }, { invert: true, ink: undefined }],
    [
      'drawings in colour',
      { channels: 3, lightGround: true, drawings: true },
      { invert: true, ink: undefined },
    ],
  ])('of %s prepares ink or leaves pictures as they are', (_name, statistics, expected) => {
    expect({ ink: undefined, ...recipeFor(statistics).dataset }).toMatchObject(expected);
  });

  it('with ink needs one channel', () => {
    const recipe = recipeFor({ channels: 3, lightGround: false, drawings: false });
    const edited = { ...recipe, dataset: { ...recipe.dataset, ink: 'normalise' } };
    expect(() => parseRecipe(edited)).toThrow('/dataset/channels: expected 1 with ink, got 3');
  });

  it.each(Object.keys(startingPoints) as (keyof typeof startingPoints)[])(
    'by %s has no problem, however many ways are asked for',
    (algorithm) => {
      const files = Array.from({ length: 12 }, (_, i) => ({
        name: `${i}.png`,
        size: 1,
        modifiedMs: 0,
        read: async () => new Uint8Array(),
      }));
      const folder = Array.from({ length: 330 }, (_, i) => ({ name: `class ${i}`, files }));
      for (const ways of [2, 5, 110]) {
        const options = {
          name: 'a',
          path: 'a',
          algorithm,
          size: 32,
          ways,
          shots: 1,
          iterations: null,
          seed: 1,
        };
        const plan = planClasses(folder, options);
        expect(
          imagesRecipe(options, plan, { channels: 1, lightGround: true, drawings: false }).evaluations[0]
            ?.ways,
        ).toBe(ways);
      }
    },
  );
});
