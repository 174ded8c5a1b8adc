import { protonets } from '../../src/algorithms/metric/protonets.ts';
import { maml } from '../../src/algorithms/optimisation/maml.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, regressor } from '../../src/nn/network.ts';
import { adaptation, initialisation, metaStep, prediction } from './adaptation.ts';
import type { Workload } from './contender.ts';
import { convForward, convSecond, convTrain, mlpTrain } from './flops.ts';
import { batchEncoder, FILTERS, peerNetwork, servedEncoder, withProbabilities } from './networks.ts';
import { episode, normal } from './tensors.ts';

const SAME_NETWORK = 'as PyTorch';
const SERVED_NETWORK = 'as served';
const served = classifier(servedEncoder);

function adaptImages(ways: number, shots: number, steps: number): Workload {
  const support = episode('support', ways, shots);
  const flops = (features: number) => steps * convTrain(ways * shots, features * ways);
  return {
    name: `adapt conv4 ${ways}w${shots}s ${steps} steps`,
    open: async (threads) => [
      await adaptation(
        { label: SAME_NETWORK, flops: flops(FILTERS) },
        peerNetwork(ways),
        support,
        steps,
        threads,
      ),
      await adaptation(
        { label: SERVED_NETWORK, flops: flops(servedEncoder.features) },
        served,
        support,
        steps,
        threads,
      ),
    ],
  };
}

function predictImages(batch: number): Workload {
  const support = episode('support', 5, 1);
  const x = normal('x', [batch, 1, 28, 28]);
  const flops = (features: number) => convForward(batch, features * 5);
  return {
    name: `predict conv4 batch ${batch}`,
    open: async (threads) => [
      await prediction(
        { label: SAME_NETWORK, flops: flops(FILTERS) },
        maml,
        withProbabilities(peerNetwork(5)),
        support,
        x,
        threads,
      ),
      await prediction(
        { label: SERVED_NETWORK, flops: flops(servedEncoder.features) },
        maml,
        served,
        support,
        x,
        threads,
      ),
    ],
  };
}

function metaSteps(steps: number): Workload {
  const tasks = [0, 1, 2, 3].map((i) => {
    const [support, query] = [episode(`support ${i}`, 5, 1), episode(`query ${i}`, 5, 15)];
    return { support_x: support.x, support_y: support.y, query_x: query.x, query_y: query.y };
  });
  const flops = (features: number) => 4 * (steps * convSecond(5, features * 5) + convTrain(75, features * 5));
  return {
    name: `meta-step 2nd-order 4x5w1s15q ${steps} steps`,
    open: async (threads) => [
      await metaStep({ label: SAME_NETWORK, flops: flops(FILTERS) }, peerNetwork(5), tasks, steps, threads),
      await metaStep(
        { label: SERVED_NETWORK, flops: flops(servedEncoder.features) },
        served,
        tasks,
        steps,
        threads,
      ),
    ],
  };
}

function adaptValues(name: string, sizes: readonly number[], rows: number, steps: number): Workload {
  const support = { x: normal('values', [rows, sizes[0] ?? 1]), y: normal('targets', [rows, 1]) };
  const flops = steps * mlpTrain(rows, sizes);
  return {
    name: `adapt ${name} ${sizes.join('-')} n${rows} ${steps} steps`,
    open: async (threads) => [
      await adaptation(
        { label: SAME_NETWORK, flops },
        regressor(mlp(sizes)),
        support,
        steps,
        threads,
        steps > 1,
      ),
    ],
  };
}

const support5w5s = episode('support', 5, 5);

const prototypes: Workload = {
  name: 'protonet prototypes 5w5s',
  open: (threads) =>
    Promise.all(
      [
        { label: SAME_NETWORK, encoder: batchEncoder },
        { label: SERVED_NETWORK, encoder: servedEncoder },
      ].map(({ label, encoder }) =>
        initialisation(
          { label, flops: convForward(25, 0) },
          protonets,
          classifier(encoder),
          support5w5s,
          threads,
        ),
      ),
    ),
};

function predictNearest(batch: number): Workload {
  const x = normal('x', [batch, 1, 28, 28]);
  const flops = convForward(batch, 0) + 3 * batch * 5 * servedEncoder.features;
  return {
    name: `protonet predict batch ${batch}`,
    open: (threads) =>
      Promise.all(
        [
          { label: SAME_NETWORK, encoder: batchEncoder },
          { label: SERVED_NETWORK, encoder: servedEncoder },
        ].map(({ label, encoder }) =>
          prediction({ label, flops }, protonets, classifier(encoder), support5w5s, x, threads),
        ),
      ),
  };
}

/** Order and names are those of the peer's workloads, so that each workload can be compared with the peer. */
export const workloads: readonly Workload[] = [
  ...[1, 5, 10].map((steps) => adaptImages(5, 1, steps)),
  ...[1, 5, 75].map(predictImages),
  ...[1, 5, 10].map((steps) => adaptImages(5, 5, steps)),
  ...[1, 5, 10].map((steps) => adaptImages(20, 5, steps)),
  ...[1, 5].map(metaSteps),
  adaptValues('mlp', [10, 64, 1], 100, 5),
  ...[1, 5, 10].map((steps) => adaptValues('sinusoid', [1, 40, 40, 1], 10, steps)),
  prototypes,
  ...[1, 5, 75].map(predictNearest),
];
