import { readFile } from 'node:fs/promises';
import { InnerloopError } from '../../errors.ts';
import { reasonOf } from '../../package/files.ts';
import { type Problem, schemaProblems } from '../../package/schema-problems.ts';
import { recipeProblems } from './check-recipe.ts';
import { Recipe } from './recipe.ts';

/**
 * A recipe, checked as far as it can be without its data; `file` names it in errors.
 * @throws InnerloopError `invalid_recipe` that lists every problem: the field, what was expected, what came.
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
 * All problems of a recipe in one error: in one line where there is one, else one per line.
 * `file` names the recipe for people.
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
