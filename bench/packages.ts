/**
 * Cost of loaded packages: loading time, resident memory, and memory growth during adaptations. Each package is
 * measured in its own processes, because memory that one package leaves allocated would change the result of the next.
 *
 *     npm run bench:packages -- [--models path] [--adaptations n] [--rounds n] [--markdown]
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { markdownTable } from '../src/training/card/markdown-table.ts';
import { verdict } from './adapt/report.ts';
import type { Cost } from './packages/cost.ts';
import { processor, versionOf } from './support/machine.ts';
import { median } from './support/median.ts';

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: 'models' },
    adaptations: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    markdown: { type: 'boolean', default: false },
  },
});

const claims: Readonly<Record<keyof Cost, { head: string; unit: string; digits: number; bar: number }>> = {
  loadMs: { head: 'loading', unit: 'ms', digits: 0, bar: 150 },
  loadedMb: { head: 'resident, loaded', unit: 'MB', digits: 1, bar: 60 },
  usedMb: { head: 'resident, in use', unit: 'MB', digits: 1, bar: 60 },
  growth: { head: `growth in ${options.adaptations} adaptations`, unit: '%', digits: 1, bar: 5 },
};
const quantities = Object.keys(claims) as (keyof Cost)[];

async function measure(name: string): Promise<Cost> {
  const script = fileURLToPath(new URL('./packages/measure.ts', import.meta.url));
  const args = [...process.execArgv, script, options.models, name, options.adaptations];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Cost;
}

/** The median over the rounds. */
function cell(costs: readonly Cost[], quantity: keyof Cost): string {
  const { unit, digits, bar } = claims[quantity];
  const values = costs.flatMap(({ [quantity]: value }) => (value === null ? [] : [value]));
  if (values.length === 0) return '–';
  return `${median(values).toFixed(digits)} ${unit}, ${verdict(median(values), bar)}`;
}

const head = [
  'package',
  ...quantities.map((each) => `${claims[each].head} (≤ ${claims[each].bar} ${claims[each].unit})`),
];
const rows: string[][] = [];
for (const name of readdirSync(options.models).filter((each) => !each.startsWith('.'))) {
  const costs: Cost[] = [];
  for (let round = 0; round < Number(options.rounds); round++) costs.push(await measure(name));
  const row = [name, ...quantities.map((quantity) => cell(costs, quantity))];
  rows.push(row);
  if (!options.markdown) console.log(row.map((each) => each.padEnd(24)).join(''));
}
if (options.markdown)
  console.log(
    [
      '# Cost of loaded packages',
      `\`npm run bench:packages -- --markdown\` writes this page: medians of ${options.rounds} processes per package. Each process has one thread\n` +
        'for predictions and one for adaptations, and serves another image package first. Resident memory is measured after garbage\n' +
        'collection in the main thread; the column is the difference to the value before the package was loaded. "In use" means after 500\n' +
        'adaptations to 5 classes of 1 example and 500 predictions. Growth is measured from then on, for the whole process. Packages for\n' +
        'regression are only loaded, and growth is not measured for packages without steps.',
      `## ${processor()}; ${versionOf('onnxruntime-node')}`,
      markdownTable(head, rows, 1),
    ].join('\n\n'),
  );
