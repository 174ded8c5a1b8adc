import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { metaParametersOf } from '../../algorithms/algorithm.ts';
import { InnerloopError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import type { Network } from '../../nn/network.ts';
import { isSystemError, reasonOf } from '../../package/files.ts';
import type { Manifest, Package } from '../../package/manifest.ts';
import type { Problem } from '../../package/schema-problems.ts';
import { verifyReadable } from '../../package/write.ts';
import { classesOf, type DatasetContext, type SplitClasses } from '../datasets/catalogue.ts';
import type { ContentClassSize } from '../datasets/contents/content-classes.ts';
import { unseenClasses } from '../datasets/unseen.ts';
import { createRandom } from '../random.ts';
import { dataProblems, episodeProblems } from '../recipe/check-recipe.ts';
import { recipeError } from '../recipe/read-recipe.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';
import { recipePath } from '../recipe/write-recipe.ts';
import { makePackage } from './make-package.ts';
import { type FirstWeights, metaParameters, startWeights, withWarmStart, zeroWeights } from './weights.ts';

export interface Preflight {
  readonly classes: SplitClasses | null;
  readonly first: FirstWeights;
}

/** The network for training, and the network for serving, which has batch statistics folded into its weights. */
export interface Networks {
  readonly net: Network;
  readonly served: Network;
}

interface PackageReader extends DatasetContext {
  readPackage(directory: string): Promise<Package>;
}

/**
 * Before data is decoded and training begins, checks everything that could make the run fail later.
 * @throws InnerloopError `invalid_recipe` that lists every problem with the data and the warm start; `invalid_package`
 * for a package that could not be read again, for example because it is too large; `invalid_config` for a folder that
 * cannot be used.
 */
export async function preflight(
  recipe: Recipe,
  { net, served }: Networks,
  directory: string,
  reader: PackageReader,
): Promise<Preflight> {
  await requireFolder(directory, recipe);
  const classes = await classesOf(recipe.dataset);
  const fresh = startOf(recipe, net);
  const { first, problems } = await startFrom(recipe, fresh, directory, reader);
  // Only the structure and the size are checked here, so the weights are zeros: to draw millions takes seconds.
  const pkg = makePackage(recipe, served, zerosOf(recipe, served));
  const all = [
    ...dataProblems(recipe, classes),
    ...(await otherDataProblems(recipe, pkg.manifest, reader)),
    ...problems,
  ];
  if (all.length > 0) throw recipeError(recipePath(directory), all);
  verifyReadable(pkg);
  return { classes, first };
}

/** Evaluations on other data that cannot be read, or that has too few classes or examples for them. */
async function otherDataProblems(
  { evaluations }: Recipe,
  manifest: Manifest,
  context: DatasetContext,
): Promise<readonly Problem[]> {
  const known = new Map<string, readonly ContentClassSize[] | InnerloopError>();
  const all: Problem[] = [];
  for (const [i, evaluation] of evaluations.entries()) {
    const { data } = evaluation;
    if (data === undefined) continue;
    const at = `/evaluations/${i}`;
    const classes = known.get(data) ?? (await refusalOr(unseenClasses(data, manifest, context)));
    known.set(data, classes);
    all.push(
      ...(classes instanceof InnerloopError
        ? [{ pointer: `${at}/data`, expected: 'data that the package can read', got: classes.message }]
        : episodeProblems(at, evaluation, data, classes)),
    );
  }
  return all;
}

const specsOf = (recipe: Recipe, net: Network) => {
  const { algorithm, settings } = algorithmOf(recipe);
  return metaParametersOf(algorithm, net, settings);
};

const startOf = (recipe: Recipe, net: Network) =>
  startWeights(specsOf(recipe, net), createRandom(recipe.training.seed).fork('weights'));

const zerosOf = (recipe: Recipe, net: Network) => zeroWeights(specsOf(recipe, net));

/** Checks that the folder can be written and has no package of another recipe. */
async function requireFolder(directory: string, { name }: Recipe): Promise<void> {
  try {
    await makeFolder(directory);
    await access(directory, constants.W_OK);
  } catch (cause) {
    throw new InnerloopError('invalid_config', `Cannot write into ${directory}: ${reasonOf(cause)}`, {
      cause,
    });
  }
  const other = await nameOfPackage(join(directory, 'model.json'));
  if (other === null || other === name) return;
  const message = `Expected no package or package ${name} in ${directory}, got package ${other}, which would be replaced`;
  throw new InnerloopError('invalid_recipe', message, { pointer: '/name', expected: name, got: other });
}

const Named = Type.Object({ name: Type.String() });

/** Null if there is no package or if it cannot be read; then no package is lost. */
async function nameOfPackage(path: string): Promise<string | null> {
  try {
    const manifest: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Check(Named, manifest) ? manifest.name : null;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error)) return null;
    throw error;
  }
}

/** The weights to start from: those of the warm start if the recipe has one, else newly initialised weights. */
async function startFrom(
  { training: { warmStart } }: Recipe,
  fresh: FirstWeights['weights'],
  directory: string,
  { readPackage }: PackageReader,
): Promise<{ first: FirstWeights; problems: readonly Problem[] }> {
  const first = { weights: fresh, note: null };
  if (warmStart === undefined) return { first, problems: [] };
  const refused = (expected: string, got: string) => ({
    first,
    problems: [{ pointer: '/training/warmStart', expected, got }],
  });
  const [name = ''] = warmStart.split('@');
  const folder = join(dirname(directory), name);
  const pkg = await refusalOr(readPackage(folder));
  if (pkg instanceof InnerloopError) return refused(`package ${warmStart} in ${folder}`, pkg.message);
  const found = `${pkg.manifest.name}@${pkg.manifest.version}`;
  if (found !== warmStart) return refused(`package ${warmStart} in ${folder}`, found);
  const started = withWarmStart(fresh, metaParameters(pkg));
  if (started) return { first: started, problems: [] };
  return refused('a package with weights of the same names and shapes', `none in ${found}`);
}

/** What was read, or the error that says why it cannot be read. */
const refusalOr = <T>(read: Promise<T>): Promise<T | InnerloopError> =>
  read.catch((error: unknown) => {
    if (error instanceof InnerloopError) return error;
    throw error;
  });
