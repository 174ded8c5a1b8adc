import { rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../../bench/serve/processes/server.ts';
import type { Sample } from '../../bench/serve/scenario.ts';
import { BOUNDED, LEAKING, soak, taskLifecycle } from '../../bench/serve/scenarios/soak.ts';
import { steps } from '../http/support/bodies.ts';
import { modelsFolder } from '../support/files/models-folder.ts';
import { packagesOverTexts } from '../support/packages/over-texts.ts';
import { tinyPackages } from '../support/packages.ts';
import { scratchFolder } from '../support/scratch.ts';
import { workloads } from './support/workloads.ts';

const REQUESTS = 4000;
/** `npm run bench:serve -- --only soak` checks a longer run with tighter limits. */
const LIMITS = { growthPercent: 25, heapGrowthPercent: 12 } as const;
/** Of a task with numbers, then of one with texts, which an encoder reads. Each task has other texts. */
const life = [
  ...taskLifecycle(steps, [{ label: 'right', input: [1, 0.5] }], { inputs: [[-1, 0]] }),
  ...taskLifecycle(workloads.texts.body(':task', 3), [{ label: 'right', input: 'right again :task' }], {
    inputs: workloads.texts.inputs(':task'),
  }),
];

async function soaked(
  folders: Readonly<Record<string, string>>,
  preload: readonly string[],
): Promise<Sample> {
  const server = await startServer({ ...BOUNDED, ...folders }, { watched: true, preload });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return soak(server.address, [server], life, { requests: REQUESTS });
}

it('creating and deleting tasks causes no errors and no memory growth; the test detects a server that leaks', {
  timeout: 240_000,
}, async () => {
  const encoders = await scratchFolder();
  const { packages } = await packagesOverTexts(encoders);
  const models = await modelsFolder([tinyPackages.gradients(), ...packages]);
  onTestFinished(() => rm(models, { recursive: true }));
  const folders = { MODELS_DIR: models, ENCODERS_DIR: encoders };
  const [sound, leaking] = await Promise.all([soaked(folders, []), soaked(folders, [LEAKING])]);
  console.log(`soak: ${JSON.stringify({ sound, leaking })}`);
  expect(sound.errors).toEqual({});
  expect(tooMuch(sound)).toEqual([]);
  expect(tooMuch(leaking)).not.toEqual([]);
});

function tooMuch(sample: Sample): readonly string[] {
  const quantities = Object.keys(LIMITS) as (keyof typeof LIMITS)[];
  return quantities.filter((quantity) => !((sample[quantity] ?? Number.NaN) <= LIMITS[quantity]));
}
