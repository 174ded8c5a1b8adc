import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readRecipe } from '../../../src/training/recipe/read-recipe.ts';
import { drawClasses, signs } from '../../support/files/draw-classes.ts';
import { innerloop } from '../innerloop.ts';

export const CLASSES = 18;
/** Small, so that the test is quick. */
export const sized = ['--size', '16', '--ways', '3'];

/** A folder of images, from which `train` makes the package `own-signs` in `directory`. Both go after the tests of the file. */
export function ownSigns() {
  const root = mkdtempSync(join(tmpdir(), 'innerloop-own-'));
  const [data, out] = [join(root, 'Own Signs'), join(root, 'packages')];
  const directory = join(out, 'own-signs');
  const cacheHome = process.env.XDG_CACHE_HOME;
  async function train() {
    process.env.XDG_CACHE_HOME = join(root, 'cache');
    await drawClasses(data, { ...signs(CLASSES, 12), scarce: 3 });
    await writeFile(join(data, 'sign00', 'notes.txt'), 'not an image');
    await writeFile(join(data, 'sign00', '.DS_Store'), '');
    const trained = await innerloop(['train', '--data', data, '--out', out, ...sized, '--iterations', '40']);
    return { trained, recipe: await readRecipe(join(directory, 'recipe.json')) };
  }
  afterAll(async () => {
    process.env.XDG_CACHE_HOME = cacheHome ?? '';
    await rm(root, { recursive: true, force: true });
  });
  return { root, data, out, directory, train };
}
