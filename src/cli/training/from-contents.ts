import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import { classesOf, type SplitClasses } from '../../training/datasets/catalogue.ts';
import { contentsClassesAt } from '../../training/datasets/contents/content-classes.ts';
import { dataProblems } from '../../training/recipe/check-recipe.ts';
import { contentsRecipe, FEATURE_ALGORITHMS } from '../../training/recipe/contents-recipe.ts';
import { recipeError } from '../../training/recipe/read-recipe.ts';
import { relativeToCwd } from '../../training/recipe/reproduce.ts';
import { recipePath, writeRecipe } from '../../training/recipe/write-recipe.ts';
import { integer } from '../arguments.ts';
import type { OpenTrainingContext } from '../context.ts';
import { slugOf } from '../slug.ts';
import { atEnd, type EndArguments, type MakeRecipe, oneOf } from './at-end.ts';
import type { ImagesArguments } from './from-images.ts';

type Given = ImagesArguments & EndArguments;

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
  const name = given.name ?? slugOf((paths[0] ?? data).replace(ENDING, ''), '--name');
  const directory = join(given.out ?? 'models', name);
  const chosen = trainable === undefined ? overFeatures(given.algorithm) : atEnd(trainable, given);
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
      const recipe = await chosen(encoder, options, classes, training, say);
      const splits = await classesOf(recipe.dataset);
      requireTwoInEach(splits);
      const problems = dataProblems(recipe, splits);
      if (problems.length > 0) throw recipeError('The recipe for these options', problems);
      await writeRecipe(directory, recipe);
      const examples = classes.reduce((sum, { count: more }) => sum + more, 0);
      const held = `${splits?.val.length} held out to validate and ${splits?.test.length} to test`;
      say(`${classes.length} classes of ${examples} examples: ${held}, by seed ${options.seed}`);
      say(`The recipe is ${recipePath(directory)}`);
      return recipe;
    },
  };
}

/** The end of a data set's name, which is not part of the package's name. */
const ENDING = /\.(zip|csv|tsv|jsonl|ndjson)$/i;

/** An episode has at least two classes, and no class is in two splits. */
function requireTwoInEach(splits: SplitClasses | null): void {
  const counts = Object.entries(splits ?? {}).map(([split, classes]) => ({ split, count: classes.length }));
  if (counts.every(({ count }) => count >= 2)) return;
  const got = counts.map(({ split, count }) => `${count} to ${WORDS[split] ?? split}`).join(', ');
  throw invalid(
    `Expected at least 2 classes with enough examples to train, to validate and to test, got ${got}. Add classes: of 10, 6 train`,
  );
}

const WORDS: Readonly<Record<string, string>> = { train: 'train', val: 'validate', test: 'test' };

/** An adapter and a head over the features of the frozen encoder. */
function overFeatures(given: string | undefined): MakeRecipe {
  const algorithm = oneOf(FEATURE_ALGORITHMS, given ?? 'head-mixture', '--algorithm with --encoder');
  return ({ manifest }, options, classes) => contentsRecipe({ ...options, algorithm }, manifest, classes);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);
