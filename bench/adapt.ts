/**
 * Measures the time of adaptation, prediction and meta-training, and of the same work in PyTorch.
 *
 *     npm run bench:adapt -- [--filter text] [--threads 1,2] [--quick] [--peer path] [--json | --markdown]
 *
 * `--peer` or $TORCH_PEER is the path of the PyTorch program (default: `../shared/peers/torch_peer.py`). If the program
 * or torch is missing, only our times are printed. Writes no files.
 */
import { parseArgs } from 'node:util';
import { barOf, MAX_RATIO_ONE_RUN } from './adapt/bars.ts';
import { NAME as KEPT_FEATURES, keptFeatures } from './adapt/kept-features.ts';
import { type Effort, measure, type Row, ratioOf } from './adapt/measure.ts';
import { missingPeerReason, openPeer } from './adapt/peer.ts';
import { squareProduct } from './adapt/product.ts';
import { heading, line, machine, markdown, type Table, verdict } from './adapt/report.ts';
import { NAME as MANY_TASKS, taskAxis } from './adapt/task-axis.ts';
import { workloads } from './adapt/workloads.ts';

const { values: options } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    threads: { type: 'string', default: '1' },
    peer: { type: 'string', default: process.env.TORCH_PEER ?? '../shared/peers/torch_peer.py' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const effort: Effort = options.quick ? { rounds: 3, budgetMs: 100 } : { rounds: 9, budgetMs: 250 };
const live = !options.json && !options.markdown;
const absent = missingPeerReason(options.peer);

/** Measures all workloads with this number of threads, both for our code and for the peer. */
async function table(threads: number): Promise<Table> {
  const peer = absent === null ? await openPeer(options.peer, threads, options.filter) : null;
  const setting = { threads, peer: peer ? { version: peer.version } : { absent: absent ?? '' } };
  if (live) console.log(`${machine(setting)}\n\n${heading()}`);
  const product = await squareProduct(threads);
  const rows: Row[] = [];
  const notes: string[] = [];
  const add = (measured: readonly Row[]) => {
    rows.push(...measured);
    if (live) for (const row of measured) console.log(line(row));
  };

  for (const { name, open } of workloads.filter((each) => each.name.includes(options.filter))) {
    const contenders = await open(threads);
    const flops = await peer?.enter(name);
    if (flops === null) throw new Error(`Expected the PyTorch program to have a workload ${name}`);
    if (flops !== undefined && flops !== contenders[0]?.flops)
      throw new Error(`Expected ${name} to take ${flops} FLOP as in PyTorch, got ${contenders[0]?.flops}`);
    const measured = await measure(name, contenders, product, peer, effort);
    // If there are two contenders, the second is the served network.
    add(measured.map((row, i) => (i === measured.length - 1 ? { ...row, bar: barOf(name, threads) } : row)));
    peer?.leave();
    for (const contender of contenders) await contender.dispose();
  }
  if (MANY_TASKS.includes(options.filter)) {
    const contenders = await taskAxis(threads);
    const measured = await measure(MANY_TASKS, contenders, product, null, effort);
    add(measured);
    const [perStep, perTask, together] = measured as [Row, Row, Row];
    const [whole, half] = [ratioOf(together, perTask), ratioOf(together, perStep)];
    notes.push(
      `${MANY_TASKS}: one run for all tasks takes ${whole.toFixed(2)} of the time of one run for each task (bar ≤ ${MAX_RATIO_ONE_RUN}: ${verdict(whole, MAX_RATIO_ONE_RUN)}), and ${half.toFixed(2)} of the time of one run for each step. The service uses one run for each task.`,
    );
    if (live) console.log(notes.at(-1));
    for (const contender of contenders) await contender.dispose();
  }
  if (KEPT_FEATURES.includes(options.filter)) {
    const kept = await keptFeatures();
    notes.push(...kept);
    if (live) for (const each of kept) console.log(each);
  }
  await product.dispose();
  peer?.close();
  return { setting, rows, notes };
}

const tables: Table[] = [];
for (const threads of options.threads.split(',').map(Number)) tables.push(await table(threads));
if (options.json)
  console.log(
    JSON.stringify(
      tables.map(({ setting, rows, notes }) => ({ machine: machine(setting), rows, notes })),
      null,
      2,
    ),
  );
if (options.markdown) console.log(markdown(tables));
