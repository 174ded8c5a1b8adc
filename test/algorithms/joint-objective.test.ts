import { describe, expect, it } from 'vitest';
import { openObjective } from '../../src/adapters/onnxruntime/training/objective.ts';
import { metaParametersOf } from '../../src/algorithms/algorithm.ts';
import { algorithms } from '../../src/algorithms/catalogue.ts';
import { jointObjective, metaObjective } from '../../src/algorithms/objective.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import type { Program } from '../../src/graph/program.ts';
import { conv4 } from '../../src/nn/conv4.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, type Network, regressor } from '../../src/nn/network.ts';
import { type Tensor, type Tensors, tensor } from '../../src/tensor.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import { expectClose } from '../support/close.ts';
import { smallEpisodes } from '../support/small-episodes.ts';

const { curve, points } = smallEpisodes(7);
const networks: Readonly<Record<string, readonly [Network, () => Tensors]>> = {
  regression: [regressor(mlp([1, 5, 5, 1])), curve],
  classification: [classifier(mlp([2, 5, 3])), points],
};

const options = { steps: 2, rate: 0.05, lossAfter: 'every' } as const;
const settingsOf = { maml: { order: 2 }, reptile: {}, 'meta-sgd': { order: 2, initialRate: 0.1 } };
const pairs = [
  ...Object.keys(networks).flatMap((task) => Object.keys(settingsOf).map((name) => [task, name] as const)),
  ['classification', 'anil'] as const,
  ['classification', 'protonets'] as const,
];

describe('the objective of many episodes in one run', () => {
  it.each(pairs.flatMap(([task, name]) => [0, 2].map((steps) => [task, name, steps] as const)))(
    'is that of one by one, %s under %s, %i steps',
    async (task, name, steps) => {
      const [net, sample] = networks[task] as readonly [Network, () => Tensors];
      const algorithm = algorithms[name as keyof typeof algorithms];
      const settings = { order: 2, ...settingsOf[name as keyof typeof settingsOf] };
      const weights = startWeights(metaParametersOf(algorithm, net, settings), createRandom(5));
      const episodes = Array.from({ length: 5 }, sample);
      const joint = jointObjective(algorithm, net, settings, { ...options, steps });
      if (!joint) return expect.fail('Expected this network to have a batched form');
      const single = metaObjective(algorithm, net, settings, { ...options, steps });
      const evaluate = async (episodesPerRun: 'one' | 'many', objective: Program) =>
        (await openObjective({ model: encodeProgram(objective), episodesPerRun }))({ weights, episodes });
      const [expected, actual] = [await evaluate('one', single), await evaluate('many', joint)];
      expectClose(tensor([5], actual.losses), tensor([5], expected.losses), 1e-5, 'losses');
      for (const [i, each] of expected.outputs.entries())
        expectClose(actual.outputs[i], each, 1e-5, `output ${i}`);
      expect(Object.keys(actual.gradients)).toEqual(Object.keys(expected.gradients));
      for (const [of, grad] of Object.entries(expected.gradients))
        expectClose(actual.gradients[of], grad as Tensor, 1e-5, of);
    },
  );

  it('is not available (null) if convolution weights adapt', () => {
    const net = classifier(conv4({ inputShape: [1, 16, 16], filters: 2, normalisation: 'none' }));
    expect(jointObjective(algorithms.maml, net, { order: 2 }, options)).toBeNull();
    expect(jointObjective(algorithms.protonets, net, {}, options)).not.toBeNull();
  });
});
