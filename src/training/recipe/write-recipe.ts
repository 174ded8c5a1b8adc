import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InnerloopError } from '../../errors.ts';
import { reasonOf, replaceFile } from '../../package/files.ts';
import { readRecipe } from './read-recipe.ts';
import type { Recipe } from './recipe.ts';

export const recipePath = (directory: string) => join(directory, 'recipe.json');

/** @throws InnerloopError `invalid_request` unless the folder is missing, is empty, or contains exactly this recipe. */
export async function requireFreeFolder(directory: string, recipe: Recipe): Promise<void> {
  const entries = await readdir(directory).catch((cause: NodeJS.ErrnoException): string[] => {
    if (cause.code === 'ENOENT') return [];
    throw taken(directory, reasonOf(cause), cause);
  });
  if (entries.length === 0) return;
  if (!entries.includes('recipe.json')) throw taken(directory, 'other files');
  const other = await readRecipe(recipePath(directory));
  if (isDeepStrictEqual(other, recipe)) return;
  const differing = Object.keys(recipe).filter(
    (key) => !isDeepStrictEqual(Reflect.get(other, key), Reflect.get(recipe, key)),
  );
  throw taken(directory, `another recipe (its ${differing.join(', ')} differ)`);
}

/** Writes `recipe.json`. @throws InnerloopError as `requireFree` does. */
export async function writeRecipe(directory: string, recipe: Recipe): Promise<void> {
  await requireFreeFolder(directory, recipe);
  await replaceFile(recipePath(directory), `${JSON.stringify(recipe, null, 2)}\n`);
}

function taken(directory: string, got: string, cause?: unknown): InnerloopError {
  const expected = 'a new folder, or one with exactly this recipe';
  const message = `Expected ${expected} at ${directory}, got ${got}: choose another --name, or train ${recipePath(directory)} as it is`;
  return new InnerloopError('invalid_request', message, {
    expected,
    got,
    ...(cause === undefined ? {} : { cause }),
  });
}
