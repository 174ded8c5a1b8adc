/** Measures one package and writes its cost as JSON. Arguments: MODELS NAME ADAPTATIONS. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createOnnxRunner } from '../../src/adapters/onnxruntime/program-runner.ts';
import type { Package } from '../../src/package/manifest.ts';
import { readPackage } from '../../src/package/read.ts';
import { episode } from '../adapt/tensors.ts';
import type { Cost } from './cost.ts';

const [models = '', name = '', adaptations = ''] = process.argv.slice(2);
/** After this number of adaptations, heaps and the runtime's arenas no longer grow in normal operation. */
const WARM_UP = 500;
const runner = createOnnxRunner({ predictThreads: 1, adaptThreads: 1, stateBytes: 64 * 2 ** 20 });

const isImages = ({ manifest }: Package) => manifest.input.shape.length === 3;

/** Resident memory after garbage collection. */
async function residentMb(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await pause(50);
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

/** An adaptation to five classes of images, and a prediction with its state. */
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

async function inUse(pkg: Package, before: number): Promise<Pick<Cost, 'usedMb' | 'growth'>> {
  const { inner } = pkg.manifest;
  if (!isImages(pkg)) return { usedMb: null, growth: null };
  for (let i = 0; i < WARM_UP; i++) await serve(pkg, i);
  const warm = await residentMb();
  if (inner.steps.default === 0) return { usedMb: warm - before, growth: null };
  for (let i = 0; i < Number(adaptations); i++) await serve(pkg, i);
  return { usedMb: warm - before, growth: (100 * ((await residentMb()) - warm)) / warm };
}

// Another package is served first, so that the memory that every process needs (threads, their heaps, states) is not
// counted.
for (const each of readdirSync(models).sort().reverse()) {
  if (each.startsWith('.') || each === name) continue;
  const first = await readPackage(join(models, each));
  if (!isImages(first) || first.manifest.inner.steps.default === 0) continue;
  await runner.load(first);
  for (let i = 0; i < WARM_UP; i++) await serve(first, i);
  break;
}
const before = await residentMb();
const start = performance.now();
const pkg = await readPackage(join(models, name));
await runner.load(pkg);
const loadMs = performance.now() - start;
const loadedMb = (await residentMb()) - before;
const cost: Cost = { loadMs, loadedMb, ...(await inUse(pkg, before)) };
console.log(JSON.stringify(cost));
await runner[Symbol.asyncDispose]();
