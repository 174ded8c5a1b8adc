import { join } from 'node:path';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import { nameOfData } from '../../../src/training/datasets/contents/content-classes.ts';
import { readContents } from '../../../src/training/datasets/contents/read-contents.ts';
import { createRandom, type Random } from '../../../src/training/random.ts';
import { fallsOfExamples } from '../explaining/examples.ts';
import { type Falls, fallsInWords } from '../explaining/falls.ts';
import {
  type Explainable,
  fallsOfInput,
  pictureTask,
  readTable,
  rowTask,
  textTask,
} from '../explaining/inputs.ts';
import { namedSource } from '../named-source.ts';
import type { Section, TrustContext } from '../section.ts';
import { openServed } from '../served.ts';

const EXAMPLES: Readonly<Record<string, string>> = {
  photos: 'images/grocery.zip',
  'photos-imagenet': 'images/dtd10.zip',
  text: 'text/hwu64.tsv',
  speech: 'audio/spoken_digits.zip',
};

interface InputLine {
  readonly model: string;
  readonly path: string;
  readonly unit: string;
  readonly counts: readonly number[];
  open(path: string): Promise<(random: Random) => Promise<Explainable> | Explainable>;
}

const texts = async (path: string) => {
  const all = await readContents(path, 'text');
  return (random: Random) => textTask(all, random);
};
const pictures = async (path: string) => {
  const all = await readContents(path, 'image');
  return (random: Random) => pictureTask(all, random);
};
const tables = async (path: string) => {
  const table = await readTable(path);
  return (random: Random) => rowTask(table, random);
};

const INPUTS: readonly InputLine[] = [
  { model: 'text', path: 'text/hwu64.tsv', unit: 'of the words', counts: [1, 3], open: texts },
  { model: 'photos', path: 'images/grocery.zip', unit: 'of 49 cells', counts: [1, 10], open: pictures },
  {
    model: 'rows',
    path: 'tables/classification/wine.csv',
    unit: 'of the columns',
    counts: [1, 3],
    open: tables,
  },
  {
    model: 'rows',
    path: 'tables/classification/segment.csv',
    unit: 'of the columns',
    counts: [1, 3],
    open: tables,
  },
];

/** Whether what an explanation names decides the answer. */
export const explanations: Section = {
  title: 'Whether explanations name what decides',
  intro:
    'One answer of each task is explained, then the parts that the explanation names first are removed: examples from the support set (5-way 5-shot), words from the text, cells of the picture (they get its mean colour), columns of the row (they get their mean over the support set). ' +
    'The numbers say by how many points the probability of the label falls. *Random* removes as many parts at random: examples of the same label, any words, cells or columns. *More often*: among the tasks in which both differ, the share in which removing the named parts lowers the probability more. The goal is more than random.',
  async run(context) {
    const rows: string[][] = [];
    for (const pkg of context.packages) {
      const path = EXAMPLES[pkg.manifest.name];
      if (!path) continue;
      context.note(`explanations: examples of ${pkg.manifest.name}`);
      const source = await namedSource(pkg, path, context.training);
      const runner = context.training.programs;
      await runner.load(pkg);
      const counts = [1, 3];
      const falls = await inTasks(context, counts, (random) =>
        fallsOfExamples(
          pkg,
          runner,
          source.sample(random, { ways: 5, shots: 5, queries: 1 }),
          random,
          counts,
        ),
      );
      for (const [i, count] of counts.entries())
        rows.push([
          pkg.manifest.name,
          source.name,
          `${count} of 25 examples`,
          ...fallsInWords(falls[i] ?? []),
        ]);
    }
    await using served = await openServed();
    for (const { model, path, unit, counts, open } of INPUTS) {
      context.note(`explanations: inputs of ${model}, ${path}`);
      const draw = await open(join('data', path));
      let task = 0;
      const falls = await inTasks(context, counts, async (random) =>
        fallsOfInput(served, `${nameOfData(path)}-${task++}`, model, await draw(random), random, counts),
      );
      for (const [i, count] of counts.entries())
        rows.push([model, nameOfData(path), `${count} ${unit}`, ...fallsInWords(falls[i] ?? [])]);
    }
    return markdownTable(
      ['Package', 'Tasks from', 'Removed', 'Tasks', 'Named', 'Random', 'More often'],
      rows,
    );
  },
};

/** Falls by count, of all tasks that have some. */
async function inTasks(
  { tasks }: TrustContext,
  counts: readonly number[],
  fallsIn: (random: Random) => Promise<readonly (Falls | null)[]>,
): Promise<readonly (readonly Falls[])[]> {
  const random = createRandom(23);
  const byCount = counts.map((): Falls[] => []);
  for (let task = 0; task < tasks; task++)
    for (const [i, each] of (await fallsIn(random.fork(task))).entries()) if (each) byCount[i]?.push(each);
  return byCount;
}
