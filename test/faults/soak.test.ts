import { rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../bench/serve/processes/server.ts';
import type { Sample } from '../../bench/serve/scenario.ts';
import { BOUNDED, LEAKING, soak, taskLifecycle } from '../../bench/serve/scenarios/soak.ts';
import { steps } from '../http/support/bodies.ts';
import { modelsFolder } from '../support/models-folder.ts';

const SECONDS = 24;
/** `npm run bench:serve -- --only soak` checks a longer run with tighter limits. */
const LIMITS = { growthPercent: 25, heapGrowthPercent: 12 } as const;
const life = taskLifecycle(steps, [{ label: 'right', input: [1, 0.5] }], { inputs: [[-1, 0]] });

async function soaked(models: string, preload: readonly string[]): Promise<Sample> {
  const server = await startServer({ ...BOUNDED, MODELS_DIR: models }, { watched: true, preload });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return soak(server.address, [server], life, SECONDS);
}

it('creating and deleting tasks causes no errors and no memory growth; the test detects a server that leaks', {
  timeout: 120_000,
}, async () => {
  const models = await modelsFolder();
  onTestFinished(() => rm(models, { recursive: true }));
  const [sound, leaking] = await Promise.all([soaked(models, []), soaked(models, [LEAKING])]);
  console.log(`soak: ${JSON.stringify({ sound, leaking })}`);
  expect(sound.errors).toEqual({});
  expect(tooMuch(sound)).toEqual([]);
  expect(tooMuch(leaking)).not.toEqual([]);
});

function tooMuch(sample: Sample): readonly string[] {
  const quantities = Object.keys(LIMITS) as (keyof typeof LIMITS)[];
  return quantities.filter((quantity) => !((sample[quantity] ?? Number.NaN) <= LIMITS[quantity]));
}
