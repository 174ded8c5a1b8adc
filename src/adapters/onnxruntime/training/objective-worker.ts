import { parentPort, workerData } from 'node:worker_threads';
import type { Objective } from '../../../ports/training-runtime.ts';
import { sizeOf, stack, type Tensor, type Tensors } from '../../../tensor.ts';
import { compile } from '../threads/session.ts';

/** What the pool asks of a thread: the objective of each episode, its gradients summed here. */
export interface ObjectiveJob {
  readonly weights: Tensors;
  readonly episodes: readonly Tensors[];
}
export interface ObjectiveSums {
  readonly gradients: Tensors;
  readonly losses: readonly number[];
  readonly outputs: readonly Tensor[];
}
export type ObjectiveReply = { readonly sums: ObjectiveSums } | { readonly error: string };

const PREFIX = 'gradient/';

const port = parentPort;
if (!port) throw new Error('Expected to run in a worker thread');
const { model, episodesPerRun } = workerData as Objective;
const session = await compile(model);

const evaluate = { one: oneByOne, many: together }[episodesPerRun];

/** All in one run, whose gradients are means. */
async function together({ weights, episodes }: ObjectiveJob): Promise<ObjectiveSums> {
  const names = Object.keys(episodes[0] ?? {});
  const feeds = names.map((name) => [name, stack(episodes.map((each) => each[name] as Tensor))] as const);
  const { loss, output, ...rest } = await session.run({ ...weights, ...Object.fromEntries(feeds) });
  if (!loss || !output) throw new Error('Expected an objective with outputs loss and output');
  const gradients = Object.entries(rest).map(([key, { shape, data }]) => {
    const sum = data.map((mean) => mean * episodes.length);
    return [key.slice(PREFIX.length), { shape, data: sum }] as const;
  });
  return { gradients: Object.fromEntries(gradients), losses: [...loss.data], outputs: unstacked(output) };
}

function unstacked({ shape: [count = 0, ...shape], data }: Tensor): Tensor[] {
  const size = sizeOf(shape);
  return Array.from({ length: count }, (_, i) => ({ shape, data: data.slice(i * size, (i + 1) * size) }));
}

async function oneByOne({ weights, episodes }: ObjectiveJob): Promise<ObjectiveSums> {
  const gradients: Record<string, Tensor> = {};
  const losses: number[] = [];
  const outputs: Tensor[] = [];
  for (const episode of episodes) {
    const { loss, output, ...rest } = await session.run({ ...weights, ...episode });
    if (!loss || !output) throw new Error('Expected an objective with outputs loss and output');
    losses.push(loss.data[0] ?? Number.NaN);
    outputs.push(output);
    for (const [key, slope] of Object.entries(rest)) {
      const name = key.slice(PREFIX.length);
      const sum = gradients[name];
      if (sum)
        for (let i = 0; i < sum.data.length; i++) sum.data[i] = (sum.data[i] ?? 0) + (slope.data[i] ?? 0);
      else gradients[name] = slope;
    }
  }
  return { gradients, losses, outputs };
}

port.on('message', (job: ObjectiveJob) => {
  evaluate(job).then(
    (sums) => port.postMessage({ sums } satisfies ObjectiveReply),
    (error: unknown) => port.postMessage({ error: String(error) } satisfies ObjectiveReply),
  );
});
port.postMessage('ready');
