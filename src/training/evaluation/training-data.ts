import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../errors.ts';
import { isSystemError, reasonOf } from '../../package/files.ts';
import type { Manifest } from '../../package/manifest.ts';
import { type Problem, problem, schemaProblems } from '../../package/schema-problems.ts';
import { preprocessingOf, type SplitClasses } from '../datasets/catalogue.ts';
import type { SplitName } from '../datasets/split-classes.ts';
import { recipeError } from '../recipe/read-recipe.ts';
import type { Recipe } from '../recipe/recipe.ts';

const Hashes = Type.Array(Type.String());

/**
 * `training-data.json`: a record of the data that a package was trained on. With it `evaluate` detects later changes of
 * the recipe or the folder. Classes are stored as hashes of their names, because names can be personal and packages are
 * shared.
 */
const TrainingData = Type.Object({
  dataset: Type.Record(Type.String(), Type.Unknown()),
  classes: Type.Union([
    Type.Null(),
    Type.Object({ train: Hashes, val: Hashes, test: Hashes }, { additionalProperties: false }),
  ]),
});
export type TrainingData = Static<typeof TrainingData>;

export const trainingDataPath = (directory: string) => join(directory, 'training-data.json');

export function describeTrainingData({ dataset }: Recipe, classes: SplitClasses | null): TrainingData {
  const hashes = (split: SplitName) => classes?.[split].map(({ name }) => hashOf(name)) ?? [];
  return {
    dataset: withoutPath(dataset),
    classes: classes && { train: hashes('train'), val: hashes('val'), test: hashes('test') },
  };
}

/** Null for a package that was trained before this file existed. @throws InnerloopError `invalid_package` */
export async function readTrainingData(directory: string): Promise<TrainingData | null> {
  const path = trainingDataPath(directory);
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    const [wrong] = schemaProblems(TrainingData, value);
    if (!wrong) return value as TrainingData;
    throw new Error(`${wrong.pointer}: expected ${wrong.expected}, got ${wrong.got}`);
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'ENOENT') return null;
    throw new InnerloopError('invalid_package', `Cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Checks that an evaluation prepares inputs as the service does, and uses classes that the package was not trained on.
 * If `recorded` is null (the package has no record), only the manifest is compared.
 *
 * @returns notes for the user about changes that do not make the result invalid.
 * @throws InnerloopError `invalid_recipe` that lists every difference between recipe and package.
 */
export function checkTrainingData(
  recorded: TrainingData | null,
  manifest: Manifest,
  { file, recipe, classes, split }: EvaluatedData,
): readonly string[] {
  const problems = [...packageProblems(recipe, manifest), ...datasetProblems(recipe, recorded)];
  if (problems.length > 0) throw recipeError(file, problems);
  if (classes === null || !recorded?.classes) return [];
  return compareClasses(classes[split], recorded.classes, split);
}

/** The data that an evaluation will use. */
export interface EvaluatedData {
  /** Path of the recipe, for errors. */
  readonly file: string;
  readonly recipe: Recipe;
  /** The current classes of the data set. */
  readonly classes: SplitClasses | null;
  readonly split: SplitName;
}

/** `recipe.json` must belong to the package, and prepare images as the package does. */
function packageProblems({ name, dataset }: Recipe, { name: pkg, input }: Manifest): readonly Problem[] {
  if (name !== pkg) return [problem('/name', `"${pkg}", the name in its model.json`, name)];
  const [prepared, served] = [preprocessingOf(dataset), input.preprocessing];
  if (isDeepStrictEqual(prepared, served)) return [];
  const expected = `a dataset with the preprocessing of model.json: ${JSON.stringify(served)}`;
  return [{ ...problem('/dataset', expected, null), got: JSON.stringify(prepared) }];
}

function datasetProblems({ dataset }: Recipe, recorded: TrainingData | null): readonly Problem[] {
  if (!recorded) return [];
  const now: Readonly<Record<string, unknown>> = withoutPath(dataset);
  const names = new Set([...Object.keys(now), ...Object.keys(recorded.dataset)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(now[name], recorded.dataset[name]))
    .map((name) => {
      const then = JSON.stringify(recorded.dataset[name]) ?? 'nothing';
      return problem(`/dataset/${name}`, `${then}, as when the package was trained`, now[name]);
    });
}

/**
 * Compares the classes of the evaluation with the recorded classes. A class from the training would make the result too
 * good.
 */
function compareClasses(
  now: SplitClasses[SplitName],
  recorded: NonNullable<TrainingData['classes']>,
  split: SplitName,
): readonly string[] {
  const before = new Set(recorded[split]);
  const trainedOn = new Set(split === 'train' ? [] : recorded.train);
  const usedInTraining = now.filter(({ name }) => trainedOn.has(hashOf(name)));
  if (usedInTraining.length > 0) {
    const named = usedInTraining.slice(0, MAX_NAMED).map(({ name }) => name);
    const more = usedInTraining.length > MAX_NAMED ? ` and ${usedInTraining.length - MAX_NAMED} more` : '';
    const got = `${usedInTraining.length} classes that it was trained on: ${named.join(', ')}${more}`;
    const expected = `split ${split} of classes that the package was not trained on`;
    const message = `Expected ${expected}, got ${got}. The classes have changed since training`;
    throw new InnerloopError('invalid_recipe', message, { pointer: '/dataset/path', expected, got });
  }
  const others = now.filter(({ name }) => !before.has(hashOf(name))).length;
  const gone = before.size - (now.length - others);
  if (others === 0 && gone === 0) return [];
  return [
    `Split ${split} has changed since training: ${others} classes are new and ${gone} are missing, so results differ from those on the card`,
  ];
}

const MAX_NAMED = 5;

/** Long enough that the classes of a data set have different hashes. */
const hashOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 12);

/** The folder of the data can differ between machines, so it is not compared. */
function withoutPath(dataset: Recipe['dataset']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(dataset).filter(([name]) => name !== 'path' && name !== 'paths'));
}
