import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { openTrainingContext } from '../../../src/main/training-context.ts';
import { type Checkpoint, checkpointPath, readCheckpoint } from '../../../src/training/loop/checkpoint.ts';
import { trainPackage } from '../../../src/training/loop/train-package.ts';
import { parseRecipe } from '../../../src/training/recipe/read-recipe.ts';
import { scratchFolder } from '../../support/scratch.ts';

const bundled = JSON.parse(
  await readFile(join(import.meta.dirname, '../../../models/sinusoid-maml/recipe.json'), 'utf8'),
);
const recipe = parseRecipe({
  ...bundled,
  network: { name: 'mlp', sizes: [1, 8, 1] },
  training: { ...bundled.training, iterations: 30, metaBatch: 2 },
  validation: { ...bundled.validation, every: 10, episodes: 20 },
});

/** Trains, and interrupts the training after `stopAt` iterations. */
async function run(
  directory: string,
  { stopAt = Number.POSITIVE_INFINITY, crashAt = 0, resume = false, minutesPerLook = 0 } = {},
) {
  await using context = await openTrainingContext({ threads: 1 });
  const interrupt = new AbortController();
  let looks = 0;
  const seen = { validations: 0, stoppedAfter: 0 };
  const trained = await trainPackage(
    recipe,
    {
      directory,
      threads: 1,
      resume,
      signal: interrupt.signal,
      clock: {
        now: () => {
          looks += 1;
          return new Date(60_000 * minutesPerLook * looks);
        },
      },
      onIteration: ({ iteration }) => {
        if (iteration === crashAt) throw new Error('crash');
        if (iteration === stopAt) interrupt.abort();
      },
      onValidation: () => {
        seen.validations += 1;
      },
      onStopped: (iteration) => {
        seen.stoppedAfter = iteration;
      },
    },
    context,
  ).catch((error: unknown) => {
    if (!interrupt.signal.aborted) throw error;
    return null;
  });
  return { ...seen, digest: trained?.pkg.manifest.digest, checkpoint: trained?.checkpoint };
}

describe('an interrupted training', { timeout: 120_000 }, () => {
  it.each([
    ['between two validations', 15, 1],
    ['before a validation, which is not run', 20, 1],
    ['before the last validation', 30, 2],
  ])(
    '%s stops at once, and resumed ends like one that was not interrupted',
    async (_when, stopAt, before) => {
      const [whole, broken] = [await scratchFolder(), await scratchFolder()];
      const unbroken = await run(whole);
      expect(await run(broken, { stopAt })).toMatchObject({ validations: before, stoppedAfter: stopAt });
      const resumed = await run(broken, { resume: true });
      expect(resumed).toMatchObject({ validations: 3 - before, digest: unbroken.digest });
      expect(resumed.checkpoint).toEqual(unbroken.checkpoint);
    },
  );

  it('has a checkpoint of the last minutes, also when it ends without a signal', async () => {
    const iterationAfter = async (minutesPerLook: number) => {
      const folder = await scratchFolder();
      await expect(run(folder, { crashAt: 17, minutesPerLook })).rejects.toThrow('crash');
      return deserialize(await readFile(checkpointPath(folder, recipe.name))).iteration;
    };
    expect([await iterationAfter(0), await iterationAfter(4)]).toEqual([10, 16]);
  });

  it('keeps a checkpoint that can only be continued with the same recipe, classes and weights', async () => {
    const folder = await scratchFolder();
    await run(folder, { stopAt: 15 });
    const path = checkpointPath(folder, recipe.name);
    const { recipe: key, weights } = deserialize(await readFile(path)) as Checkpoint;
    const names = Object.keys(weights);
    expect(await readCheckpoint(path, key, names.toReversed())).toMatchObject({ iteration: 15 });
    for (const refused of [
      readCheckpoint(path, 'another key', names),
      readCheckpoint(path, key, [...names, 'norm.scale']),
      readCheckpoint(path, key, names.slice(1)),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'invalid_recipe' });
    expect(await readCheckpoint(checkpointPath(folder, 'none'), 'another key', names)).toBeNull();
  });
});
