import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../package/manifest.ts';
import { markdownTable } from '../card/markdown-table.ts';
import { CONTEXT } from './measure-table.ts';

/** `results.json` beside a package for tables: how it was measured, and the result on each table. */
export interface TableResults {
  readonly command: string;
  readonly splits: number;
  readonly tables: readonly TableResult[];
}

export interface TableResult {
  readonly name: string;
  /** Accuracy, or R². */
  readonly value: number;
  readonly interval95: number;
  readonly linear: number | null;
  readonly forest: number | null;
}

/** Null for packages that are not for tables. */
export async function resultsOfTables(directory: string): Promise<TableResults | null> {
  const text = await readFile(join(directory, 'results.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as TableResults);
}

/** The model card of a package for tables. */
export function renderTableCard(manifest: Manifest, results: TableResults): string {
  const { name, version, description, task, inner, digest, heads = [] } = manifest;
  const isRegression = task === 'regression';
  return [
    `# ${name} ${version}`,
    description,
    '## What it does',
    'It reads rows of a table, by column name or by position. The columns and their types are inferred from the examples of a ' +
      'task: numbers (also as text, with a decimal comma, a currency or a percent sign), categories, dates and times, truth values, ' +
      'free text (its words), and missing values. `GET /tasks/{task}` shows them. Columns with the same value in all rows, or with a ' +
      'different text in every row, are left out with a warning.',
    `Adapting fits ${heads.length} kernel ridge regressions to the examples and mixes them by how well each predicts the examples that ` +
      `are left out; the adaptation's \`selection\` shows their results. ${isRegression ? '' : 'The same left-out predictions set how certain the probabilities are. '}` +
      'Nothing was trained on other tables, so there are no weights, and the only licence is that of the repository.',
    '## How to call it',
    example(name, isRegression),
    '## Results',
    tableOfResults(task, results),
    '## Limits',
    `It accepts ${inner.classes ? `${inner.classes.minimum} to ${inner.classes.maximum} classes and ` : ''}${inner.examples.minimum} to ` +
      `${inner.examples.maximum} examples. Time grows with the cube of their number: some 0.1 s for 256 examples and 4 s for 1,000 on two ` +
      'cores. No kernel here expresses some combinations of columns, such as parities: they need more examples than it accepts. Each row ' +
      'is read separately: order in time, or rows that belong together, are not used.',
    `Digest: \`${digest}\``,
  ]
    .join('\n\n')
    .concat('\n');
}

function example(name: string, isRegression: boolean): string {
  const target = isRegression ? 'price' : 'sold';
  const header = `rooms,city,${target}`;
  const body = isRegression
    ? '3,Bern,410000\\n2,Basel,300000\\n5,Bern,620000'
    : '3,Bern,yes\\n2,Basel,no\\n5,Bern,yes\\n1,Basel,no';
  const csv = "--data-binary @- -H 'content-type: text/csv'";
  return [
    'Start the service (`npm start`). Then adapt a task, here `mine`, and predict:',
    `\`\`\`sh\nprintf '${header}\\n${body}\\n' | curl ${csv} -H 'prefer: wait=10' 'localhost:3000/tasks/mine/adapt?model=${name}&target=${target}'\n` +
      `printf 'rooms,city\\n4,Bern\\n' | curl ${csv} 'localhost:3000/tasks/mine/predict'\n\`\`\``,
  ].join('\n\n');
}

/** What the figures say, then all of them. */
export function tableOfResults(task: Manifest['task'], { tables, splits, command }: TableResults): string {
  const compared = tables.flatMap(({ value, linear }) => (linear === null ? [] : [value - linear]));
  const asGood = compared.filter((difference) => difference >= -0.0005).length;
  const mean = (values: readonly (number | null)[]) =>
    values.includes(null) ? null : values.reduce<number>((sum, each) => sum + (each ?? 0), 0) / values.length;
  const written = (value: number | null) =>
    value === null ? '–' : task === 'regression' ? value.toFixed(3) : (100 * value).toFixed(1);
  const half = (value: number) => (task === 'regression' ? value.toFixed(3) : (100 * value).toFixed(1));
  const rows = tables.map(({ name, value, interval95, linear, forest }) => [
    name,
    `**${written(value)}** ± ${half(interval95)}`,
    written(linear),
    written(forest),
  ]);
  const column = (pick: (each: TableResult) => number | null) => written(mean(tables.map(pick)));
  const means = [
    '*mean*',
    column((each) => each.value),
    column((each) => each.linear),
    column((each) => each.forest),
  ];
  return [
    `${task === 'regression' ? 'R²' : 'Accuracy in percent'} on rows that are not among the examples: the mean over ${splits} random splits, ` +
      `± 95 %. At most ${CONTEXT} rows of a table (70 % of a small one) are examples. Beside it are a linear model and a random forest, ` +
      `fitted to the same number of rows (of other splits). It is at least as good as the linear model on ${asGood} of ${compared.length} tables.`,
    markdownTable(['Table', 'This package', 'Linear', 'Random forest'], [...rows, means], 1),
    `\`\`\`sh\n${command}\n\`\`\``,
  ].join('\n\n');
}
