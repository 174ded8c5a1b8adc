import { join } from 'node:path';
import type { OpenTrainingContext } from '../../src/cli/context.ts';
import { median } from '../../src/domain/trust/report/duplicates.ts';
import type { Package } from '../../src/package/manifest.ts';
import { classesOf, openDataset } from '../../src/training/datasets/catalogue.ts';
import { nameOfData } from '../../src/training/datasets/contents/content-classes.ts';
import type { EpisodeSource } from '../../src/training/datasets/dataset.ts';
import { openUnseen } from '../../src/training/datasets/unseen.ts';
import { readRecipe } from '../../src/training/recipe/read-recipe.ts';
import { DIGITS, speakerTasks } from './speakers.ts';
import { TABLES, tableTasks } from './tables.ts';

export const MODELS = new URL('../../models/', import.meta.url).pathname;

/** A source of tasks: its classes, and how many queries of a class measure the true accuracy. */
export interface TaskSource {
  readonly name: string;
  /** Where the data is. */
  readonly path: string;
  readonly queries: number;
  /** Of a usual class. */
  readonly examples: number;
  open(): Promise<EpisodeSource>;
}

/** The data sets of each package that no training has read, with the queries that their classes have. */
const UNSEEN: Readonly<Record<string, readonly (readonly [path: string, queries: number])[]>> = {
  photos: [
    ['images/dtd10.zip', 20],
    ['images/quickdraw25.zip', 20],
    ['images/cifar10.zip', 20],
  ],
  'photos-imagenet': [
    ['images/dtd10.zip', 20],
    ['images/quickdraw25.zip', 20],
    ['images/cifar10.zip', 20],
  ],
  text: [
    ['text/hwu64.tsv', 60],
    ['text/newsgroups20.tsv', 80],
  ],
};
/** Queries of a digit by the two speakers that measure. */
const CLIPS = { all: 40, queries: 25 };
/** Queries of a class of a table, or of a table of numbers; of a sine wave. */
const ROWS = { classification: 10, regression: 50, wave: 50 };

/** Queries of a class, for data sets with small classes half of them. */
const QUERIES = 10;

/**
 * Tasks of the classes that the package was meta-trained on: the only ones that calibration is fitted to. One source for each of its
 * data sets.
 */
export async function trainingTasks(
  pkg: Package,
  training: OpenTrainingContext,
): Promise<readonly TaskSource[]> {
  return (await ofOtherData(pkg, training, 'train')) ?? ofRecipe(pkg, training, 'train');
}

/** Tasks that nothing was fitted to: data sets that training has not read, else the test split of the recipe. */
export async function testTasks(pkg: Package, training: OpenTrainingContext): Promise<readonly TaskSource[]> {
  const unseen = (UNSEEN[pkg.manifest.name] ?? []).map(
    ([path, queries]): TaskSource => ({
      name: nameOfData(path),
      path: join('data', path),
      queries,
      examples: queries + 10,
      open: () => openUnseen(join('data', path), pkg.manifest, training),
    }),
  );
  if (unseen.length > 0) return unseen;
  return (await ofOtherData(pkg, training, 'test')) ?? ofRecipe(pkg, training, 'test');
}

/**
 * Packages that have no training data at hand: those for tables were trained on none, and speech on synthetic words that were not
 * kept. One half of the tables, or four of the six speakers, are for fitting, the rest for measuring. Null for other packages.
 */
async function ofOtherData(
  { manifest }: Package,
  training: OpenTrainingContext,
  split: 'train' | 'test',
): Promise<readonly TaskSource[] | null> {
  if (manifest.name === 'speech') {
    const open = () => speakerTasks(manifest, split, training);
    const name = `spoken_digits, ${split === 'train' ? 'four' : 'two'} speakers`;
    return [{ name, path: DIGITS, queries: CLIPS.queries, examples: CLIPS.all, open }];
  }
  if (manifest.input.preprocessing.kind === 'row') {
    const source = await tableTasks(manifest.task, split);
    const name = `${source.tables} tables, ${split}`;
    const path = join(TABLES, manifest.task);
    const queries = ROWS[manifest.task];
    return [{ name, path, queries, examples: queries + 50, open: async () => source }];
  }
  return null;
}

async function ofRecipe(
  { manifest }: Package,
  training: OpenTrainingContext,
  split: 'train' | 'test',
): Promise<readonly TaskSource[]> {
  const { dataset } = await readRecipe(join(MODELS, manifest.name, 'recipe.json'));
  const parts =
    dataset.name === 'contents' ? dataset.paths.map((path) => ({ ...dataset, paths: [path] })) : [dataset];
  const sources = await Promise.all(
    parts.map(async (part): Promise<TaskSource[]> => {
      const path = part.name === 'contents' ? (part.paths[0] ?? '') : 'path' in part ? part.path : part.name;
      const name = `${nameOfData(path)}, ${split}`;
      const open = () => openDataset(part, split, training);
      if (manifest.task === 'regression')
        return [{ name, path, queries: ROWS.wave, examples: Number.POSITIVE_INFINITY, open }];
      const counts = ((await classesOf(part))?.[split] ?? []).map(({ count }) => count);
      if (counts.length === 0) return [];
      const examples = median(counts);
      const queries = Math.min(QUERIES, Math.floor(examples / 2));
      return [{ name, path, queries, examples, open }];
    }),
  );
  return sources.flat();
}
