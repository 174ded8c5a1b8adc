import type { Objective } from '../../../ports/training-runtime.ts';
import { sizeOf, stack, type Tensor, type Tensors } from '../../../tensor.ts';
import { compile, type Session } from '../threads/session.ts';

/** Weights, and the episodes to compute the objective of. */
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

const GRADIENT_PREFIX = 'gradient/';

/** Loads an objective. The function that it returns computes the objective of each episode on the calling thread. */
export async function openObjective({
  model,
  episodesPerRun,
}: Objective): Promise<(job: ObjectiveJob) => Promise<ObjectiveSums>> {
  const session = await compile(model);
  const evaluate = { one: runEach, many: runStacked }[episodesPerRun];
  return (job) => evaluate(session, job);
}

/** All episodes in one run. Its gradients are means. */
async function runStacked(session: Session, { weights, episodes }: ObjectiveJob): Promise<ObjectiveSums> {
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

async function runEach(session: Session, { weights, episodes }: ObjectiveJob): Promise<ObjectiveSums> {
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
