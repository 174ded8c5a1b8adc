import { expect, it } from 'vitest';
import bundled from '../../../models/sinusoid-maml/recipe.json' with { type: 'json' };
import { createObjectiveRunner } from '../../../src/adapters/onnxruntime/training/objective-runner.ts';
import { gradient } from '../../../src/autodiff/gradient.ts';
import { encodeProgram } from '../../../src/graph/export/encode.ts';
import { div, greater, input, reduceSum, where } from '../../../src/graph/ops/index.ts';
import { program } from '../../../src/graph/program.ts';
import type { Value } from '../../../src/graph/value.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { regressor } from '../../../src/nn/network.ts';
import { tensor } from '../../../src/tensor.ts';
import type { Checkpoint } from '../../../src/training/loop/checkpoint.ts';
import { metaTrain, startCheckpoint } from '../../../src/training/loop/meta-train.ts';
import { parseRecipe } from '../../../src/training/recipe/read-recipe.ts';

/** The sum of w / x where x > 0. At x = 0 it is finite, and its gradient is 0 · 1 / 0. */
function quotientObjective() {
  const [w, x] = [input('w', [2]), input('x', [2])];
  const loss = reduceSum(where(greater(x, 0), div(w, x), 0));
  const [ofW] = gradient(loss, [w]);
  return encodeProgram(program('objective', [w, x], { loss, output: loss, 'gradient/w': ofW as Value }));
}

it('stops at a gradient that is not finite, before it changes a weight or writes a checkpoint', async () => {
  const recipe = parseRecipe({ ...bundled, validation: { ...bundled.validation, every: 3 } });
  const start = startCheckpoint('key', { w: tensor([2], [1, 1]) });
  const seen: (readonly [iteration: number, weights: readonly number[]])[] = [];
  const saved: Checkpoint[] = [];
  const training = metaTrain({
    recipe,
    net: regressor(mlp([1, 2, 1])),
    objective: {
      program: { model: quotientObjective(), episodesPerRun: 'one' },
      parameters: {},
      runsAt: (iteration) => [
        { feeds: { x: tensor([2], [1, iteration === 2 ? 0 : 1]) }, accuracy: () => null },
      ],
    },
    validatesStart: false,
    start,
    threads: 1,
    createRunner: createObjectiveRunner,
    signal: new AbortController().signal,
    validate: async () => ({ score: 0, interval95: 0 }),
    onIteration: ({ iteration }) => seen.push([iteration, Array.from(start.weights.w?.data ?? [])]),
    isCheckpointDue: () => false,
    onCheckpoint: async (checkpoint) => {
      saved.push(checkpoint);
    },
  });
  await expect(training).rejects.toThrow(/^Expected a finite gradient of w, got NaN in iteration 2/);
  expect(seen.map(([iteration]) => iteration)).toEqual([1, 2]);
  expect(Array.from(start.weights.w?.data ?? [])).toEqual(seen[1]?.[1]);
  expect(saved).toEqual([]);
});
