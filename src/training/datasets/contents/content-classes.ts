import { basename } from 'node:path';
import { type SplitName, splitClasses } from '../split-classes.ts';
import type { ContentsRecipe } from './contents-section.ts';
import { type ContentKind, type LabelledContent, readContents } from './read-contents.ts';

/** Name of a data set in results: the name of its file or folder. */
export const nameOfData = (path: string) => basename(path).replace(/\.[a-z]+$/i, '');

export interface ContentClass {
  readonly name: string;
  readonly contents: readonly LabelledContent[];
}

/** The classes of a data set, without those that are too small, and with no more examples than the recipe allows. */
export async function classesAt(path: string, { encoder, minExamples, maxExamples }: ContentsRecipe) {
  const classes = groupByLabel(await readContents(path, encoder.kind));
  return classes
    .filter((each) => each.contents.length >= minExamples)
    .map((each) => ({ ...each, contents: each.contents.slice(0, maxExamples) }));
}

export function groupByLabel(all: readonly LabelledContent[]): readonly ContentClass[] {
  const groups = new Map<string, LabelledContent[]>();
  for (const each of all) {
    const group = groups.get(each.label);
    if (group) group.push(each);
    else groups.set(each.label, [each]);
  }
  return [...groups].map(([name, examples]) => ({ name, contents: examples }));
}

/** The classes of each split, chosen by the seed of the recipe. */
export const splitOf = (classes: readonly ContentClass[], { split: { seed, val, test } }: ContentsRecipe) =>
  splitClasses(classes, {
    seed,
    val: Math.floor(val * classes.length),
    test: Math.floor(test * classes.length),
  });

/** The examples of a split, in the order of the `examples` of its source. */
export async function contentsOfSplit(
  recipe: ContentsRecipe,
  split: SplitName,
): Promise<readonly LabelledContent[]> {
  const found = await Promise.all(
    recipe.paths.map(async (path) => {
      const classes = await classesAt(path, recipe);
      const chosen = new Set(splitOf(classes, recipe)[split]);
      return classes.filter((each) => chosen.has(each)).flatMap((each) => each.contents);
    }),
  );
  return found.flat();
}

/** The classes of each split and their number of examples, without embedding any. */
export async function contentsClasses(recipe: ContentsRecipe) {
  const all = await Promise.all(
    recipe.paths.map(async (path) => splitOf(await classesAt(path, recipe), recipe)),
  );
  const sizes = (split: 'train' | 'val' | 'test') =>
    all.flatMap((each, i) =>
      each[split].map(({ name, contents: { length } }) => ({
        name: `${nameOfData(recipe.paths[i] as string)}/${name}`,
        count: length,
      })),
    );
  return { train: sizes('train'), val: sizes('val'), test: sizes('test') };
}

export interface ContentClassSize {
  readonly name: string;
  readonly count: number;
}

/** All classes of these data sets with their number of examples. */
export async function contentsClassesAt(
  paths: readonly string[],
  kind: ContentKind,
): Promise<readonly ContentClassSize[]> {
  const all = await Promise.all(paths.map(async (path) => groupByLabel(await readContents(path, kind))));
  return all.flat().map((each) => ({ name: each.name, count: each.contents.length }));
}
