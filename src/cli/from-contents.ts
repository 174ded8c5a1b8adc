import { join } from 'node:path';
import { InnerloopError } from '../errors.ts';
import { classesOf } from '../training/datasets/catalogue.ts';
import { contentsClassesAt } from '../training/datasets/contents/contents.ts';
import { dataProblems } from '../training/recipe/check-recipe.ts';
import { contentsRecipe, FEATURE_ALGORITHMS } from '../training/recipe/contents-recipe.ts';
import { recipeError } from '../training/recipe/read-recipe.ts';
import { relativeToCwd } from '../training/recipe/reproduce.ts';
import { recipePath, writeRecipe } from '../training/recipe/write-recipe.ts';
import { integer } from './arguments.ts';
import type { OpenTrainingContext } from './context.ts';
import { type ImagesArguments, packageNameFor } from './from-images.ts';

/** The source of a recipe for `--encoder`: data sets of any kind that the encoder reads, separated by commas. */
export function contentsSource(encoderName: string, data: string, given: ImagesArguments) {
  const only = ['size', 'channels'].find((name) => Object.hasOwn(given, name));
  if (only !== undefined)
    throw invalid(`Expected no --${only} with --encoder, which prepares its own inputs`);
  const count = (option: keyof ImagesArguments, least: number) => {
    const text = given[option];
    return text === undefined ? null : integer(option, text, least);
  };
  const paths = data.split(',');
  const name = given.name ?? packageNameFor(paths[0] ?? data);
  const directory = join(given.out ?? 'models', name);
  const algorithm = given.algorithm ?? 'head-mixture';
  const known = FEATURE_ALGORITHMS.find((each) => each === algorithm);
  if (!known)
    throw invalid(
      `Expected --algorithm with --encoder to be ${FEATURE_ALGORITHMS.join(', ')}, got ${algorithm}`,
    );
  const options = {
    name,
    paths: paths.map((path) => relativeToCwd(path) ?? path),
    algorithm: known,
    ways: count('ways', 2),
    shots: count('shots', 1) ?? 1,
    iterations: count('iterations', 1),
    seed: count('seed', 0) ?? 1,
  };
  return {
    directory,
    async recipe(training: OpenTrainingContext, _signal: AbortSignal, say: (line: string) => void) {
      const { manifest } = await training.openEncoder(encoderName);
      const classes = await contentsClassesAt(paths, manifest.preparation.kind);
      const recipe = contentsRecipe(options, manifest, classes);
      const problems = dataProblems(recipe, await classesOf(recipe.dataset));
      if (problems.length > 0) throw recipeError('The recipe for these options', problems);
      await writeRecipe(directory, recipe);
      say(`${classes.length} classes. The recipe is ${recipePath(directory)}`);
      return recipe;
    },
  };
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
