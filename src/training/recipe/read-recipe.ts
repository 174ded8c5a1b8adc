import { readFile } from 'node:fs/promises';
import { InnerloopError } from '../../errors.ts';
import { reasonOf } from '../../package/files.ts';
import { type Problem, schemaProblems } from '../../package/schema-problems.ts';
import { recipeProblems } from './check-recipe.ts';
import { Recipe } from './recipe.ts';

/**
 * Checks everything in a recipe that can be checked without its data. `file` is its name in errors.
 * @throws InnerloopError `invalid_recipe` that lists every problem: the field, the expected value and the given value.
 */
export function parseRecipe(value: unknown, file = 'recipe.json'): Recipe {
  const wrong = schemaProblems(Recipe, value);
  if (wrong.length > 0) throw recipeError(file, wrong);
  const recipe = value as Recipe;
  const inconsistent = recipeProblems(recipe);
  if (inconsistent.length > 0) throw recipeError(file, inconsistent);
  return recipe;
}

export async function readRecipe(path: string): Promise<Recipe> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `Expected a recipe at ${path}: ${reasonOf(cause)}`;
    throw new InnerloopError('invalid_recipe', message, { cause });
  });
  return parseRecipe(parseJson(text, path), path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `Expected JSON at ${path}, got: ${reasonOf(cause)}`;
    throw new InnerloopError('invalid_recipe', message, { cause });
  }
}

/**
 * One error for all problems of a recipe. A single problem is on the first line; several problems have one line each.
 * `file` is the name of the recipe in the message.
 */
export function recipeError(file: string, problems: readonly Problem[]): InnerloopError {
  const [first] = problems;
  const lines = problems.map(({ pointer, expected, got }) => {
    const field = pointer === '' ? 'the recipe' : pointer;
    return `${field}: expected ${expected}, got ${got}`;
  });
  const message =
    lines.length === 1
      ? `${file}: ${lines[0]}`
      : [`${file} has ${lines.length} problems:`, ...lines].join('\n  ');
  return new InnerloopError('invalid_recipe', message, { ...first });
}
