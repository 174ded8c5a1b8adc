import { join } from 'node:path';
import { expect, it } from 'vitest';
import { curveOf } from '../../../src/training/loop/publish.ts';
import { readRecipe } from '../../../src/training/recipe/read-recipe.ts';
import { isEpisodic } from '../../../src/training/recipe/training.ts';

const models = join(import.meta.dirname, '../../../models');
const points = {
  losses: [{ at: 10, value: 0.5 }],
  validations: [{ at: 10, value: 0.9, interval95: 0.01 }],
};

it.each([
  ['omniglot-protonets', undefined, 'omniglot, 60-way 1-shot episodes · '],
  ['photos', 1, ', 5-way 5-shot episodes and 1 other shape · '],
  ['photos', undefined, ', 5-way 5-shot episodes and 3 other shapes · '],
])('says under the curve of which episodes an iteration was: %s, %s', async (name, count, text) => {
  const recipe = await readRecipe(join(models, name, 'recipe.json'));
  const { training } = recipe;
  if (!isEpisodic(training)) throw new Error('Expected training in episodes');
  const { alternating = [], ...others } = training;
  const some = { ...others, alternating: alternating.slice(0, count) };
  expect(curveOf({ ...recipe, training: some }, points)).toContain(text);
});
