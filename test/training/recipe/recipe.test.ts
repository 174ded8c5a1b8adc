import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { algorithmOf, parseRecipe, type Recipe } from '../../../src/training/recipe/recipe.ts';

const bundled = (name: string): Recipe =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../../models/${name}/recipe.json`), 'utf8'));
const waves = bundled('sinusoid-maml');

describe('a recipe', () => {
  it('is refused when it moves what is no image', () => {
    const augmentation = { rotate: 1, shift: 1, scale: 0.1, shear: 0 };
    const moved = { ...waves, training: { ...waves.training, augmentation } };
    expect(() => parseRecipe(moved)).toThrow(
      expect.objectContaining({ code: 'invalid_recipe', details: { pointer: '/training/augmentation' } }),
    );
    const signs = bundled('omniglot-protonets');
    expect(parseRecipe({ ...signs, training: { ...signs.training, augmentation } })).toMatchObject({
      training: { augmentation },
    });
  });

  it('is refused when its algorithm cannot do what the data asks', () => {
    expect(() => algorithmOf({ ...waves, algorithm: { name: 'matching' } })).toThrow(
      expect.objectContaining({ code: 'invalid_recipe', details: { pointer: '/algorithm/name' } }),
    );
  });

  it('names the version of what it starts from', () => {
    const from = (warmStart: string) => ({ ...waves, training: { ...waves.training, warmStart } });
    expect(() => parseRecipe(from('omniglot-protonets'))).toThrow(
      expect.objectContaining({ details: { pointer: '/training/warmStart' } }),
    );
    expect(parseRecipe(from('omniglot-protonets@2.0.0'))).toBeDefined();
  });
});
