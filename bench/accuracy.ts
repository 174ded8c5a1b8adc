/**
 * Compares the accuracy of every bundled package with its paper. Writes `bench/ACCURACY.md`.
 *
 *     npm run bench:accuracy [-- --frozen] [-- --measure [--dataset path] [--filter text]]
 *
 * The numbers come from the packages' manifests. With `--measure` all numbers are measured again (hours on two cores),
 * and the command fails if a number is outside the interval in its manifest.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openTrainingContext } from '../src/main/training-context.ts';
import type { Package } from '../src/package/manifest.ts';
import { readPackages } from '../src/package/read.ts';
import { openDataset } from '../src/training/datasets/catalogue.ts';
import { measure } from '../src/training/evaluation/measure.ts';
import { readRecipe } from '../src/training/recipe/read-recipe.ts';
import { resultsOfTables, tableOfResults } from '../src/training/tables/table-card.ts';
import { type FrozenMetrics, measureFrozen } from './accuracy/frozen.ts';
import { accuracyTables, encoderTables } from './accuracy/table.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const models = join(here, '../models');
const { values: options } = parseArgs({
  options: {
    measure: { type: 'boolean', default: false },
    frozen: { type: 'boolean', default: false },
    dataset: { type: 'string' },
    filter: { type: 'string', default: '' },
  },
});

const packages = await readPackages(models);
if (options.measure) {
  for (const pkg of packages.filter(({ manifest }) => manifest.name.includes(options.filter)))
    await measureAgain(pkg);
}
const frozenPath = join(here, 'accuracy/frozen.json');
if (options.frozen) await measureBaselines();
const frozen: Record<string, FrozenMetrics> = JSON.parse(await readFile(frozenPath, 'utf8'));
const page = [
  '# Accuracy',
  '`npm run bench:accuracy` writes this page from the numbers in `models/*/model.json`. Each card has the command that measures\n' +
    'a number again; `npm run bench:accuracy -- --measure` measures all numbers again. The tables show accuracy in percent and mean\n' +
    'squared error, with 95 % intervals over episodes. One package is used for all columns; the papers train one model for each\n' +
    'column. All our numbers are non-transductive: a prediction depends only on its own input and the task’s state.',
  accuracyTables(packages.map(({ manifest }) => manifest)),
  encoderTables(
    packages.map(({ manifest }) => manifest),
    frozen,
  ),
  ...(await Promise.all(packages.map(tableSection))).flat(),
];
await writeFile(join(here, 'ACCURACY.md'), `${page.join('\n\n')}\n`);

/** The results on tables of a package for tables; nothing for other packages. `npm run tables` measures them. */
async function tableSection({ manifest }: Package): Promise<readonly string[]> {
  const results = await resultsOfTables(join(models, manifest.name));
  if (!results) return [];
  const heading = `## tables, ${manifest.task}`;
  return [
    heading,
    `Package: [\`${manifest.name}\`](../models/${manifest.name}/README.md)`,
    tableOfResults(manifest.task, results),
  ];
}

/** Writes `frozen.json`, for packages whose names contain the filter. */
async function measureBaselines(): Promise<void> {
  const known = JSON.parse(await readFile(frozenPath, 'utf8').catch(() => '{}'));
  await using training = await openTrainingContext({ threads: availableParallelism() });
  for (const { manifest } of packages) {
    const { name, input } = manifest;
    if (input.preprocessing.kind !== 'encoder' || !name.includes(options.filter)) continue;
    const { evaluations } = await readRecipe(join(models, name, 'recipe.json'));
    known[name] = await measureFrozen(manifest, evaluations, training);
    await writeFile(frozenPath, `${JSON.stringify(known, null, 2)}\n`);
  }
}

/** @throws RangeError when a measured number is outside the interval in the manifest. */
async function measureAgain(pkg: Package): Promise<void> {
  const { name, metrics } = pkg.manifest;
  const { dataset: stated } = await readRecipe(join(models, name, 'recipe.json'));
  const dataset = 'path' in stated && options.dataset ? { ...stated, path: options.dataset } : stated;
  await using training = await openTrainingContext({ threads: availableParallelism() });
  for (const metric of metrics) {
    const source = await openDataset(dataset, metric.split, training);
    const { value } = await measure({
      pkg,
      folder: join(models, name),
      dataset,
      source,
      runner: training.programs,
      evaluation: metric,
    });
    console.log(`${metric.command}\n  stated ${metric.value.toFixed(5)}, measured ${value.toFixed(5)}`);
    if (Math.abs(value - metric.value) > metric.interval95) {
      const stated = `${metric.value} ± ${metric.interval95}`;
      throw new RangeError(`Expected ${name} to reach ${stated} in ${metric.command}, got ${value}`);
    }
  }
}
