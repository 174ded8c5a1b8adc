import { join } from 'node:path';
import { expect, it } from 'vitest';
import { curveOf } from '../../../src/training/loop/publish.ts';
import { readRecipe } from '../../../src/training/recipe/read-recipe.ts';

const models = join(import.meta.dirname, '../../../models');
const points = {
  losses: [{ at: 10, value: 0.5 }],
  validations: [{ at: 10, value: 0.9, interval95: 0.01 }],
};

it.each([
  ['omniglot-protonets', 'omniglot, 60-way 1-shot episodes · '],
  ['photos', ', 5-way 5-shot episodes and 3 other shapes · '],
])('says under the curve of which episodes an iteration was: %s', async (name, text) => {
  const recipe = await readRecipe(join(models, name, 'recipe.json'));
  expect(curveOf(recipe, points)).toContain(text);
});
