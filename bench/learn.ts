/**
 * Measures the gradient of a loss to all weights of whole networks: the trunk of the photo encoder and a small vision
 * transformer, beside PyTorch eager with the same network, weights and images. Loss and gradients must agree.
 *
 *     npm run bench:learn -- [--filter text] [--batches 8,32] [--threads 1] [--quick] [--json]
 *
 * Without torch in /usr/bin/python3 only our times are printed. Batches run in chunks of `CHUNK` images, so the memory does
 * not grow with them. Writes no files but a temporary folder for the PyTorch program.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Effort, measure } from './adapt/measure.ts';
import { missingPeerReason, openPeer } from './adapt/peer.ts';
import { squareProduct } from './adapt/product.ts';
import { heading, line, machine } from './adapt/report.ts';
import { normal } from './adapt/tensors.ts';
import { createLearner, type Learner } from './learn/learner.ts';
import { type Build, learningFlops } from './learn/network.ts';
import { photoTrunk } from './learn/photo-trunk.ts';
import { writeSpec } from './learn/spec.ts';
import { visionTransformer } from './learn/vision-transformer.ts';

/** Images in one run. More take no less time each, and more memory. */
const CHUNK = 8;
/** Upper limit of our time relative to PyTorch. */
const BAR = 1;
const PEER = fileURLToPath(new URL('./learn/learn_peer.py', import.meta.url));

const { values: options } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    batches: { type: 'string', default: '8,32' },
    threads: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const effort: Effort = options.quick ? { rounds: 3, budgetMs: 500 } : { rounds: 9, budgetMs: 2000 };
const threads = Number(options.threads);
const networks: readonly Build[] = [photoTrunk, visionTransformer];

const workloads = [];
const learners = new Map<string, Learner>();
for (const build of networks)
  for (const batch of options.batches.split(',').map(Number)) {
    const network = build(Math.min(batch, CHUNK));
    const name = `learn ${network.name} batch ${batch}`;
    if (!name.includes(options.filter)) continue;
    const key = `${network.name} ${network.image.shape}`;
    const learner = learners.get(key) ?? (await createLearner(network, threads));
    learners.set(key, learner);
    const images = normal(name, [batch, ...network.image.shape.slice(1).map(Number)]);
    const flops = learningFlops(network, batch);
    workloads.push({ name, network, images, flops, learner, learned: await learner.learn(images) });
  }

const absent = missingPeerReason(PEER);
const folder = writeSpec(workloads);
process.env.LEARN_SPEC = folder;
const peer = absent === null ? await openPeer(PEER, threads, options.filter) : null;
const product = await squareProduct(threads);
const setting = { threads, peer: peer ? { version: peer.version } : { absent: absent ?? '' } };
if (!options.json) console.log(`${machine(setting)}\n\n${heading()}`);
const rows = [];
for (const { name, flops, images, learner } of workloads) {
  if (peer && (await peer.enter(name)) === null)
    throw new Error(`Expected the PyTorch program to reach ${name}: its loss or a gradient may differ`);
  const contender = {
    label: 'all weights',
    flops,
    run: () => learner.learn(images),
    dispose: () => learner.dispose(),
  };
  const [row] = await measure(name, [contender], product, peer, effort);
  if (!row) continue;
  rows.push({ ...row, bar: BAR });
  if (!options.json) console.log(line({ ...row, bar: BAR }));
  peer?.leave();
}
if (options.json) console.log(JSON.stringify({ machine: machine(setting), rows }, null, 2));
else console.log(`\nLargest memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
for (const learner of learners.values()) await learner.dispose();
await product.dispose();
peer?.close();
rmSync(folder, { recursive: true });
