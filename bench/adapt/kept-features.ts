import { readdirSync } from 'node:fs';
import { runInnerLoop } from '../../src/adapters/onnxruntime/adapting/inner-loop.ts';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { readPackage } from '../../src/package/read.ts';
import { tensor } from '../../src/tensor.ts';
import { median } from '../support/median.ts';
import { normal } from './tensors.ts';

export const NAME = 'adapt from kept features 5w5s';
/** Upper limit of the computing time. */
const MAX_MS = 3;
const [WAYS, SHOTS] = [5, 5];
const RUNS = 200;

/**
 * The time of an adaptation whose features are stored already, as after an append or with another package of the same
 * encoder: the programs of each bundled package over an encoder, with its default steps, on one thread. One line each.
 */
export async function keptFeatures(): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of readdirSync('models')) {
    const { manifest, programs } = await readPackage(`models/${name}`);
    const { input, inner, task } = manifest;
    const [features] = input.shape;
    if (input.preprocessing.kind !== 'encoder' || typeof features !== 'number' || task !== 'classification')
      continue;
    const init = await compile(programs.init);
    const step = programs.step && (await compile(programs.step));
    const count = WAYS * SHOTS;
    const classes = Array.from({ length: count * WAYS }, (_, i) =>
      Math.floor(i / WAYS) % WAYS === i % WAYS ? 1 : 0,
    );
    const job = {
      x: normal(name, [count, features]),
      y: tensor([count, WAYS], classes),
      steps: inner.steps.default,
      rate: inner.rate.default,
    };
    const context = {
      init,
      sessions: step && { step },
      signal: new AbortController().signal,
      onStep: () => undefined,
    };
    const times: number[] = [];
    for (let run = -10; run < RUNS; run++) {
      const startedAt = performance.now();
      await runInnerLoop(job, context);
      if (run >= 0) times.push(performance.now() - startedAt);
    }
    const ms = median(times);
    const verdict = ms <= MAX_MS ? 'met' : 'missed';
    lines.push(
      `${NAME}, ${name} (${features} features, ${job.steps} steps): ${ms.toFixed(2)} ms, best ${Math.min(...times).toFixed(2)} ms (≤ ${MAX_MS}: ${verdict})`,
    );
    for (const session of [init, step]) await session?.dispose();
  }
  return lines;
}
