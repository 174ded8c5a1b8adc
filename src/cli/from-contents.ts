import { join } from 'node:path';
import { InnerloopError } from '../errors.ts';
import type { Encoder } from '../package/encoder/encoder.ts';
import { classesOf } from '../training/datasets/catalogue.ts';
import { type ContentClassSize, contentsClassesAt } from '../training/datasets/contents/contents.ts';
import { dataProblems } from '../training/recipe/check-recipe.ts';
import {
  type ContentsOptions,
  contentsRecipe,
  FEATURE_ALGORITHMS,
} from '../training/recipe/contents-recipe.ts';
import { END_ALGORITHMS, encoderEndRecipe } from '../training/recipe/encoder-end-recipe.ts';
import { recipeError } from '../training/recipe/read-recipe.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import { relativeToCwd } from '../training/recipe/reproduce.ts';
import { recipePath, writeRecipe } from '../training/recipe/write-recipe.ts';
import { blocksNamed, divideEncoder } from '../training/trainable/encoder-end.ts';
import { integer } from './arguments.ts';
import type { OpenTrainingContext } from './context.ts';
import { type ImagesArguments, packageNameFor } from './from-images.ts';

type Given = ImagesArguments & { readonly [Name in 'trainable' | 'unfreeze']?: string | undefined };

/** Makes the recipe for an encoder and the classes of the data sets. */
type MakeRecipe = (
  encoder: Encoder,
  options: Omit<ContentsOptions, 'algorithm'>,
  classes: readonly ContentClassSize[],
  say: (line: string) => void,
) => Recipe | Promise<Recipe>;

/** The source of a recipe for `--encoder`: data sets of any kind that the encoder reads, separated by commas. */
export function contentsSource(encoderName: string, data: string, given: Given) {
  const only = ['size', 'channels'].find((name) => Object.hasOwn(given, name));
  if (only !== undefined)
    throw invalid(`Expected no --${only} with --encoder, which prepares its own inputs`);
  const { unfreeze } = given;
  const trainable = unfreeze ?? given.trainable;
  if (unfreeze !== undefined && given.trainable !== undefined)
    throw invalid('Expected --trainable or --unfreeze, got both');
  const count = (option: keyof ImagesArguments, least: number) => {
    const text = given[option];
    return text === undefined ? null : integer(option, text, least);
  };
  const paths = data.split(',');
  const name = given.name ?? packageNameFor(paths[0] ?? data);
  const directory = join(given.out ?? 'models', name);
  const chosen =
    trainable === undefined
      ? overFeatures(given.algorithm)
      : atEnd(trainable, given.algorithm, unfreeze !== undefined);
  const options = {
    name,
    paths: paths.map((path) => relativeToCwd(path) ?? path),
    ways: count('ways', 2),
    shots: count('shots', 1) ?? 1,
    iterations: count('iterations', 1),
    seed: count('seed', 0) ?? 1,
  };
  return {
    directory,
    async recipe(training: OpenTrainingContext, _signal: AbortSignal, say: (line: string) => void) {
      const encoder = await training.readEncoder(encoderName);
      const classes = await contentsClassesAt(paths, encoder.manifest.preparation.kind);
      const recipe = await chosen(encoder, options, classes, say);
      const problems = dataProblems(recipe, await classesOf(recipe.dataset));
      if (problems.length > 0) throw recipeError('The recipe for these options', problems);
      await writeRecipe(directory, recipe);
      say(`${classes.length} classes. The recipe is ${recipePath(directory)}`);
      return recipe;
    },
  };
}

/** An adapter and a head over the features of the frozen encoder. */
function overFeatures(given: string | undefined): MakeRecipe {
  const algorithm = oneOf(FEATURE_ALGORITHMS, given ?? 'head-mixture', '--encoder');
  return ({ manifest }, options, classes) => contentsRecipe({ ...options, algorithm }, manifest, classes);
}

/** The last blocks of the encoder. */
function atEnd(trainable: string, given: string | undefined, writes: boolean): MakeRecipe {
  const algorithm = oneOf(END_ALGORITHMS, given ?? 'protonets', '--trainable');
  return async (encoder, options, classes, say) => {
    const { beginning, blocks, of, weights } = await divideEncoder(encoder, (all) =>
      blocksNamed(trainable, all),
    );
    const { manifest, folder } = beginning;
    const count = `the last ${blocks} of ${of} blocks of ${encoder.manifest.name}, ${weights} weights`;
    say(
      `Training ${count}; the others are encoder ${manifest.name} in ${folder}, ${manifest.features} numbers`,
    );
    if (writes && options.name === encoder.manifest.name)
      throw invalid(`Expected --name to differ from the encoder's, which would be replaced: ${options.name}`);
    const parts = {
      encoder: encoder.manifest,
      beginning: manifest,
      blocks,
      ...(writes && { writes: options.name }),
    };
    return encoderEndRecipe({ ...options, algorithm }, parts, classes);
  };
}

function oneOf<Name extends string>(names: readonly Name[], given: string, option: string): Name {
  const found = names.find((each) => each === given);
  if (found) return found;
  throw invalid(`Expected --algorithm with ${option} to be ${names.join(', ')}, got ${given}`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
