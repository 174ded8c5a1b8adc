import { describe, expect, it } from 'vitest';
import { openObjective } from '../../../../src/adapters/onnxruntime/training/objective.ts';
import { createObjectiveRunner } from '../../../../src/adapters/onnxruntime/training/objective-runner.ts';
import { metaParametersOf } from '../../../../src/algorithms/algorithm.ts';
import { algorithms } from '../../../../src/algorithms/catalogue.ts';
import { metaObjective } from '../../../../src/algorithms/objective.ts';
import { encodeProgram } from '../../../../src/graph/export/encode.ts';
import { mlp } from '../../../../src/nn/mlp.ts';
import { classifier } from '../../../../src/nn/network.ts';
import { tensor } from '../../../../src/tensor.ts';
import { startWeights } from '../../../../src/training/loop/weights.ts';
import { createRandom } from '../../../../src/training/random.ts';
import { expectClose } from '../../../support/close.ts';
import { smallEpisodes } from '../../../support/small-episodes.ts';

const { points } = smallEpisodes(7);

describe('the objective of many episodes', () => {
  it.each([1, 3])('is the mean over %i threads', async (threads) => {
    const net = classifier(mlp([2, 5, 3]));
    const weights = startWeights(metaParametersOf(algorithms.maml, net, { order: 2 }), createRandom(5));
    const episodes = Array.from({ length: 5 }, points);
    const options = { steps: 2, rate: 0.05, lossAfter: 'every' } as const;
    const model = encodeProgram(metaObjective(algorithms.maml, net, { order: 2 }, options));
    const objective = { model, episodesPerRun: 'one' } as const;
    const sums = await (await openObjective(objective))({ weights, episodes });
    await using runner = await createObjectiveRunner(objective, threads);
    const result = await runner.run(weights, episodes);
    expect(result.losses).toEqual(sums.losses);
    expect(result.outputs).toEqual(sums.outputs);
    expect(Object.keys(result.gradients)).toEqual(Object.keys(sums.gradients));
    for (const [of, { shape, data }] of Object.entries(sums.gradients))
      expectClose(
        result.gradients[of],
        tensor(
          shape,
          data.map((sum) => sum / 5),
        ),
        1e-6,
        of,
      );
  });
});
