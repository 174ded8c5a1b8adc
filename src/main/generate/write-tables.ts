import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Package } from '../../package/manifest.ts';
import { readPackage } from '../../package/read.ts';
import { verifyReadable, writePackage } from '../../package/write.ts';
import { measureTable } from '../../training/tables/measure-table.ts';
import { renderTableCard, type TableResult, type TableResults } from '../../training/tables/table-card.ts';
import { tablePackage } from '../../training/tables/table-package.ts';
import { readBaselines, readTables } from '../../training/tables/table-sets.ts';
import { openTrainingContext } from '../training-context.ts';

/**
 * `npm run tables -- --data data/tables`: writes the packages for tables, which need no training, and measures them on the
 * tables `<data>/{classification,regression}/*.csv`, whose last column is predicted.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: 'data/tables' },
    splits: { type: 'string', default: '5' },
  },
});
const splits = Number(options.splits);
const models = fileURLToPath(new URL('../../../models', import.meta.url));
const baselines = await readBaselines(options.data);
await using context = await openTrainingContext({ threads: availableParallelism() });

for (const task of ['classification', 'regression'] as const) {
  const written = tablePackage(task);
  const directory = join(models, written.manifest.name);
  const pkg = await withCalibration(written, directory);
  verifyReadable(pkg);
  await context.programs.load(pkg);
  const tables: TableResult[] = [];
  for (const table of await readTables(options.data, task)) {
    const { mean: value, interval95 } = await measureTable(pkg, table, context.programs, splits);
    const { linear = null, forest = null } = baselines.get(table.name) ?? {};
    tables.push({ name: table.name, value, interval95, linear, forest });
    console.log(
      `${table.name}\t${value.toFixed(3)} ± ${interval95.toFixed(3)}\t${linear ?? '–'}\t${forest ?? '–'}`,
    );
  }
  const command = `npm run tables -- --data data/tables --splits ${splits}`;
  const results: TableResults = { command, splits, tables };
  await writePackage(directory, pkg);
  await writeFile(join(directory, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(join(directory, 'README.md'), renderTableCard(pkg.manifest, results));
}

/** Equal programs keep the calibration that `npm run bench:trust -- --fit` has written. */
async function withCalibration(pkg: Package, directory: string): Promise<Package> {
  const before = await readPackage(directory).catch(() => null);
  const { calibration, digest } = before?.manifest ?? {};
  if (!calibration || digest !== pkg.manifest.digest) return pkg;
  const { metrics, ...rest } = pkg.manifest;
  return { ...pkg, manifest: { ...rest, calibration, metrics } };
}
