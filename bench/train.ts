/**
 * Measures meta-training on one thread: a second-order step, the same step in PyTorch, and iterations of the sinusoid
 * recipe with and without the task axis.
 *
 *     npm run bench:train -- [--quick] [--peer path]
 */
import { parseArgs } from 'node:util';
import { createObjectiveRunner } from '../src/adapters/onnxruntime/training/objective-runner.ts';
import { jointObjective, metaObjective } from '../src/algorithms/objective.ts';
import { maml } from '../src/algorithms/optimisation/maml.ts';
import { encodeProgram } from '../src/graph/export/encode.ts';
import { mlp } from '../src/nn/mlp.ts';
import { regressor } from '../src/nn/network.ts';
import type { Objective } from '../src/ports/training-runtime.ts';
import { sinusoid } from '../src/training/datasets/sinusoid.ts';
import { adamStep, startAdam } from '../src/training/loop/adam.ts';
import { startWeights } from '../src/training/loop/weights.ts';
import { createRandom } from '../src/training/random.ts';
import type { Contender } from './adapt/contender.ts';
import { type Effort, measure, type Row, ratioOf } from './adapt/measure.ts';
import { missingPeerReason, openPeer } from './adapt/peer.ts';
import { squareProduct } from './adapt/product.ts';
import { heading, line, machine } from './adapt/report.ts';
import { workloads } from './adapt/workloads.ts';

const { values: options } = parseArgs({
  options: {
    peer: { type: 'string', default: process.env.TORCH_PEER ?? '../shared/peers/torch_peer.py' },
    quick: { type: 'boolean', default: false },
  },
});
const effort: Effort = options.quick ? { rounds: 3, budgetMs: 100 } : { rounds: 9, budgetMs: 500 };
const STEP = 'meta-step';

const absent = missingPeerReason(options.peer);
const peer = absent === null ? await openPeer(options.peer, 1, STEP) : null;
console.log(machine({ threads: 1, peer: peer ? { version: peer.version } : { absent: absent ?? '' } }));
console.log(`\n${heading()}`);
const product = await squareProduct(1);
for (const { name, open } of workloads.filter((each) => each.name.startsWith(STEP))) {
  const contenders = await open(1);
  await peer?.enter(name);
  for (const row of await measure(name, contenders, product, peer, effort)) console.log(line(row));
  peer?.leave();
  for (const contender of contenders) await contender.dispose();
}
peer?.close();

const contenders = [await iteration('run per task', 'one'), await iteration('one run', 'many')];
const rows = await measure('sinusoid iteration, 25 tasks', contenders, product, null, effort);
const [perTask, together] = rows as [Row, Row];
const perSecond = ({ ms }: Row) => Math.round(1000 / ms);
console.log(
  `sinusoid: ${perSecond(perTask)} iterations/s with a run per task, ${perSecond(together)} with one run: ${ratioOf(together, perTask).toFixed(2)} of the time`,
);
for (const each of contenders) await each.dispose();
await product.dispose();

/** An iteration as in the recipe `sinusoid-maml`: 25 episodes of 5 shots, the gradient of each, and a step of Adam. */
async function iteration(label: string, episodesPerRun: Objective['episodesPerRun']): Promise<Contender> {
  const net = regressor(mlp([1, 40, 40, 1]));
  const make = episodesPerRun === 'one' ? metaObjective : jointObjective;
  const objective = make(maml, net, { order: 2 }, { steps: 1, rate: 0.01, lossAfter: 'last' });
  if (!objective) throw new Error('Expected this network to have a batched form');
  const runner = await createObjectiveRunner({ model: encodeProgram(objective), episodesPerRun }, 1);
  const weights = startWeights(net.parameters, createRandom(1));
  const [source, episodes] = [sinusoid('train'), createRandom(1)];
  let [adam, next] = [startAdam(weights), 0];
  return {
    label,
    flops: 0,
    async run() {
      const feeds = Array.from({ length: 25 }, () => {
        const { support, query } = source.sample(episodes.fork(next++), { ways: 1, shots: 5, queries: 10 });
        return { support_x: support.x, support_y: support.y, query_x: query.x, query_y: query.y };
      });
      const { gradients } = await runner.run(weights, feeds);
      adam = adamStep(weights, gradients, adam, 1e-3);
    },
    dispose: async () => runner[Symbol.asyncDispose](),
  };
}
