import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { withoutSpan } from '../../../src/domain/explaining/word-spans.ts';
import { readCsv } from '../../../src/files/csv.ts';
import type { LabelledContent } from '../../../src/training/datasets/contents/read-contents.ts';
import type { Random } from '../../../src/training/random.ts';
import { drawTask, type Predicted, type SentExample, type Served, sent } from '../served.ts';
import type { Falls } from './falls.ts';

/** An input that is explained, in parts that can be removed. */
interface Parts {
  readonly contributions: readonly number[];
  /** The input without these parts. */
  without(parts: readonly number[]): Promise<unknown> | unknown;
}

type Explanation = NonNullable<Predicted['explanation']>['input'];

/** A task with one query, and how its input is taken apart. */
export interface Explainable {
  readonly support: readonly SentExample[];
  readonly input: unknown;
  parts(explanation: Explanation): Parts;
}

/** What the answer loses without the `counts` parts that contribute most. Empty if the input has too few parts. */
export async function fallsOfInput(
  served: Served,
  task: string,
  model: string,
  { support, input, parts }: Explainable,
  random: Random,
  counts: readonly number[],
): Promise<readonly (Falls | null)[]> {
  await served.adapt(task, model, support);
  const explained = await served.predict(task, input, { explain: true });
  if (!explained?.explanation) throw new Error('Expected an explanation');
  const { label } = explained.explanation;
  const { contributions, without } = parts(explained.explanation.input);
  const order = [...contributions.keys()].toSorted(
    (a, b) => (contributions[b] as number) - (contributions[a] as number),
  );
  const fall = async (removed: readonly number[]) => {
    const changed = await served.predict(task, await without(removed), {});
    return (explained.probabilities[label] as number) - (changed?.probabilities[label] ?? 0);
  };
  const falls: (Falls | null)[] = [];
  for (const count of counts) {
    if (order.length <= count) falls.push(null);
    else
      falls.push({
        named: await fall(order.slice(0, count)),
        random: await fall(random.sample(order.length, count)),
      });
  }
  return falls;
}

export async function textTask(all: readonly LabelledContent[], random: Random): Promise<Explainable> {
  const { support, asked } = await drawTask(all, random, { ways: 5, shots: 5, queries: 1 });
  const text = sent((asked[random.integer(asked.length)] as (typeof asked)[number]).content);
  return {
    support,
    input: text,
    parts({ parts: words = [] }) {
      return {
        contributions: words.map(({ contribution }) => contribution),
        without: (removed) =>
          [...removed]
            .sort((a, b) => b - a)
            .reduce((rest, i) => withoutSpan(rest, words[i] as (typeof words)[number]), text),
      };
    },
  };
}

export async function pictureTask(all: readonly LabelledContent[], random: Random): Promise<Explainable> {
  const { support, asked } = await drawTask(all, random, { ways: 5, shots: 5, queries: 1 });
  const { content } = asked[random.integer(asked.length)] as (typeof asked)[number];
  return {
    support,
    input: sent(content),
    parts({ contributions = [] }) {
      const [rows, columns] = [contributions.length, contributions[0]?.length ?? 0];
      return {
        contributions: contributions.flat(),
        without: (removed) => masked(content.bytes, removed, [rows, columns]),
      };
    },
  };
}

/** A picture in which cells of a grid have its mean colour, as a `data:` URL. */
async function masked(
  file: Uint8Array,
  cells: readonly number[],
  [rows, columns]: readonly [number, number],
): Promise<string> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const { channels: statistics } = await sharp(file).removeAlpha().stats();
  const mean = statistics.map((each) => Math.round(each.mean));
  const hidden = new Set(cells);
  for (let i = 0; i < width * height; i++) {
    const row = Math.floor((Math.floor(i / width) * rows) / height);
    const column = Math.floor(((i % width) * columns) / width);
    if (hidden.has(row * columns + column)) data.set(mean, i * channels);
  }
  const bytes = await sharp(data, { raw: { width, height, channels } }).png().toBuffer();
  return sent({ kind: 'image', bytes });
}

interface Table {
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[];
}

/** A table of numbers; the last column has the labels. */
export async function readTable(path: string): Promise<Table> {
  const limits = { rows: 2000, columns: 100, cells: 200_000, rowCharacters: 2 ** 16 };
  const { rows } = await readCsv(await readFile(path), limits);
  return {
    rows: rows.map(({ cells }) => ({ label: cells.at(-1) ?? '', values: cells.slice(0, -1).map(Number) })),
  };
}

/** Ten examples of each label. A removed column has its mean over the support set. */
export function rowTask({ rows }: Table, random: Random): Explainable {
  const labels = [...new Set(rows.map(({ label }) => label))];
  const drawn = labels.map((label) => {
    const own = rows.filter((each) => each.label === label);
    return random.sample(own.length, Math.min(11, own.length)).map((i) => own[i] as (typeof own)[number]);
  });
  const support = drawn.flatMap((own) => own.slice(1));
  const { values } = (
    drawn[random.integer(labels.length)] as (typeof drawn)[number]
  )[0] as (typeof rows)[number];
  const mean = values.map(
    (_, i) => support.reduce((sum, each) => sum + (each.values[i] as number), 0) / support.length,
  );
  return {
    support: support.map(({ label, values: input }) => ({ label, input })),
    input: values,
    parts: ({ columns = [] }) => ({
      contributions: columns.map(({ contribution }) => contribution),
      without: (removed) => values.map((each, i) => (removed.includes(i) ? mean[i] : each)),
    }),
  };
}
