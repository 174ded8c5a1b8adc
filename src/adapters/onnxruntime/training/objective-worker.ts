import { parentPort, workerData } from 'node:worker_threads';
import type { Objective } from '../../../ports/training-runtime.ts';
import { sizeOf, stack, type Tensor, type Tensors } from '../../../tensor.ts';
import { compile } from '../threads/session.ts';

/** A message to the thread: compute the objective of each episode. */
export interface ObjectiveJob {
  readonly weights: Tensors;
  readonly episodes: readonly Tensors[];
}
/** Gradients summed over the episodes; losses and outputs per episode, in order. */
export interface ObjectiveSums {
  readonly gradients: Tensors;
  readonly losses: readonly number[];
  readonly outputs: readonly Tensor[];
}
export type ObjectiveReply = { readonly sums: ObjectiveSums } | { readonly error: string };

const GRADIENT_PREFIX = 'gradient/';

const port = parentPort;
if (!port) throw new Error('Expected to run in a worker thread');
const { model, episodesPerRun } = workerData as Objective;
const session = await compile(model);

const evaluate = { one: runEach, many: runStacked }[episodesPerRun];

/** All episodes in one run. Its gradients are means. */
async function runStacked({ weights, episodes }: ObjectiveJob): Promise<ObjectiveSums> {
  const names = Object.keys(episodes[0] ?? {});
  const feeds = names.map((name) => [name, stack(episodes.map((each) => each[name] as Tensor))] as const);
  const { loss, output, ...rest } = await session.run({ ...weights, ...Object.fromEntries(feeds) });
  if (!loss || !output) throw new Error('Expected an objective with outputs loss and output');
  const gradients = Object.entries(rest).map(([key, { shape, data }]) => {
    const sum = data.map((mean) => mean * episodes.length);
    return [key.slice(GRADIENT_PREFIX.length), { shape, data: sum }] as const;
  });
  return { gradients: Object.fromEntries(gradients), losses: [...loss.data], outputs: unstack(output) };
}

function unstack({ shape: [count = 0, ...shape], data }: Tensor): Tensor[] {
  const size = sizeOf(shape);
  return Array.from({ length: count }, (_, i) => ({ shape, data: data.slice(i * size, (i + 1) * size) }));
}

async function runEach({ weights, episodes }: ObjectiveJob): Promise<ObjectiveSums> {
  const gradients: Record<string, Tensor> = {};
  const losses: number[] = [];
  const outputs: Tensor[] = [];
  for (const episode of episodes) {
    const { loss, output, ...rest } = await session.run({ ...weights, ...episode });
    if (!loss || !output) throw new Error('Expected an objective with outputs loss and output');
    losses.push(loss.data[0] ?? Number.NaN);
    outputs.push(output);
    for (const [key, gradient] of Object.entries(rest)) {
      const name = key.slice(GRADIENT_PREFIX.length);
      const sum = gradients[name];
      if (sum)
        for (let i = 0; i < sum.data.length; i++) sum.data[i] = (sum.data[i] ?? 0) + (gradient.data[i] ?? 0);
      else gradients[name] = gradient;
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
