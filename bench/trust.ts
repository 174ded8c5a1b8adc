/**
 * What the service says of its own answers, against the truth. Writes `bench/TRUST.md`.
 *
 *     npm run bench:trust [-- --only coverage,calibration] [--packages photos,text] [--tasks 1000]
 *     npm run bench:trust -- --fit [--packages photos]
 *
 * A section that is left out keeps its last tables, which are in `bench/trust/results/`; so do the rows of packages that are left out. `--fit` fits temperatures and interval factors
 * on meta-training tasks, and writes them into `models/<name>/model.json`. Data sets are read below `data/` (docs/train-your-own.md); features are kept
 * in the cache folder of the user.
 *
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openTrainingContext } from '../src/main/training-context.ts';
import { readPackages } from '../src/package/read.ts';
import { fitCalibration } from './trust/fit.ts';
import { joinTables } from './trust/join-tables.ts';
import type { TrustContext } from './trust/section.ts';
import { sections } from './trust/sections/index.ts';
import { MODELS } from './trust/sources.ts';

/** Those that take no steps: their tasks are cheap to simulate. */
const PACKAGES = 'photos,photos-imagenet,text,speech,rows,rows-values,omniglot-protonets';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    packages: { type: 'string', default: PACKAGES },
    tasks: { type: 'string', default: '1000' },
    fit: { type: 'boolean', default: false },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));
const results = join(here, 'trust/results');
const chosen = options.only?.split(',') ?? Object.keys(sections);
const names = options.packages.split(',');

await using training = await openTrainingContext({ threads: availableParallelism() });
const packages = (await readPackages(MODELS)).filter(({ manifest }) => names.includes(manifest.name));
const context: TrustContext = {
  training,
  packages,
  tasks: Number(options.tasks),
  note: (text) => process.stderr.write(`${text}\n`),
};

if (options.fit) for (const pkg of packages) await fitCalibration(pkg, context);
else await measure();

async function measure(): Promise<void> {
  await mkdir(results, { recursive: true });
  for (const name of chosen) {
    const section = sections[name];
    if (!section)
      throw new RangeError(`Expected sections among ${Object.keys(sections).join(', ')}, got ${name}`);
    const path = join(results, `${name}.md`);
    const older = await readFile(path, 'utf8').catch(() => '');
    const tables = joinTables(older, await section.run(context));
    const count = section.countsTasks ? '' : `\n${context.tasks} tasks for each row.\n`;
    await writeFile(path, `${tables}\n${count}`);
  }
  const parts = await Promise.all(
    Object.entries(sections).map(async ([name, { title, intro }]) => {
      const tables = await readFile(join(results, `${name}.md`), 'utf8').catch(() => 'Not measured yet.\n');
      return `## ${title}\n\n\`npm run bench:trust -- --only ${name}\`\n\n${intro}\n\n${tables}`;
    }),
  );
  const head =
    '# Trust\n\nWhat the service says of its own answers, against the truth. `npm run bench:trust` writes this page.\n';
  await writeFile(join(here, 'TRUST.md'), [head, ...parts].join('\n'));
}
