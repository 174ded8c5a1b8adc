/**
 * What loaded packages cost: time to load, resident memory, and whether adaptations leave any behind.
 *
 *     npm run bench:packages -- [--models path] [--adaptations n] [--markdown]
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createOnnxRunner } from '../src/adapters/onnxruntime/program-runner.ts';
import type { Package } from '../src/package/manifest.ts';
import { readPackage } from '../src/package/read.ts';
import { markdownTable } from '../src/training/markdown-table.ts';
import { verdict } from './adapt/report.ts';
import { episode } from './adapt/tensors.ts';
import { processor, versionOf } from './support/machine.ts';

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: 'models' },
    adaptations: { type: 'string', default: '1000' },
    markdown: { type: 'boolean', default: false },
  },
});
const BARS = { loadMs: 150, packageMb: 60, growth: 0.05 } as const;
const WARM_UP = 100;

/** Once what nobody holds any longer is collected. */
async function residentMb(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await pause(50);
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

const rows: (readonly string[])[] = [];

function report(what: string, value: number, bar: number, unit: string, digits = 1): void {
  const row = [what, `${value.toFixed(digits)} ${unit}`, `≤ ${bar} ${unit}`, verdict(value, bar)];
  rows.push(row);
  if (!options.markdown)
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(60) : cell.padStart(10))).join(''));
}

const runner = createOnnxRunner({ predictThreads: 1, adaptThreads: 1, stateBytes: 64 * 2 ** 20 });

/** An adaptation to five classes of images, and a prediction under it. */
async function serve({ manifest: { digest, inner } }: Package, i: number): Promise<void> {
  const state = await runner.adapt({
    digest,
    ...episode(`support ${i}`, 5, 1),
    steps: inner.steps.default,
    rate: inner.rate.default,
    signal: new AbortController().signal,
    onStep: () => undefined,
  });
  const { x } = episode(`query ${i}`, 5, 1);
  const stateId = `state ${i}`;
  await runner.predict({ digest, stateId, x, loadState: async () => ({ state, tier: 'given' }) });
  await runner.forget(stateId);
}

async function load(name: string): Promise<Package> {
  const pkg = await readPackage(join(options.models, name));
  await runner.load(pkg);
  return pkg;
}

const names = readdirSync(options.models).filter((name) => !name.startsWith('.'));
const isImages = ({ manifest }: Package) => manifest.input.shape.length === 3;
// Whatever is loaded first also starts the threads, which are there once.
await load(names.at(-1) ?? '');
for (const name of names.slice(0, -1)) {
  const before = await residentMb();
  const start = performance.now();
  const pkg = await load(name);
  report(`load ${name}`, performance.now() - start, BARS.loadMs, 'ms', 0);
  const loaded = await residentMb();
  report(`resident, ${name}, loaded`, loaded - before, BARS.packageMb, 'MB');
  if (!isImages(pkg)) continue;
  for (let i = 0; i < WARM_UP; i++) await serve(pkg, i);
  report(`resident, ${name}, in use`, (await residentMb()) - before, BARS.packageMb, 'MB');
  if (pkg.manifest.inner.steps.default === 0) continue;
  const warm = await residentMb();
  for (let i = 0; i < Number(options.adaptations); i++) await serve(pkg, i);
  const growth = (100 * ((await residentMb()) - warm)) / warm;
  report(
    `growth, ${name}, ${options.adaptations} adaptations, of ${warm.toFixed(0)} MB`,
    growth,
    100 * BARS.growth,
    '%',
    2,
  );
}
await runner[Symbol.asyncDispose]();
if (options.markdown)
  console.log(
    [
      '# What loaded packages cost',
      'Made by `npm run bench:packages -- --markdown` in one process with one thread to predict and one to adapt. Resident\n' +
        'memory is what a package adds to the process once garbage is collected; adaptations are of 5 classes with 1 example.',
      `## ${processor()}; ${versionOf('onnxruntime-node')}`,
      markdownTable(['what', 'measured', 'bar', ''], rows, 1),
    ].join('\n\n'),
  );
