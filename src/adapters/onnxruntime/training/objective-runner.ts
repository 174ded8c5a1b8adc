import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { CreateObjectiveRunner, ObjectiveResult } from '../../../ports/training-runtime.ts';
import type { Tensor, Tensors } from '../../../tensor.ts';
import { spawn } from '../threads/spawn.ts';
import type { ObjectiveJob, ObjectiveSums } from './objective.ts';
import type { ObjectiveReply } from './objective-worker.ts';

/** Distributes episodes evenly over worker threads, each with a session of the objective. */
export const createObjectiveRunner: CreateObjectiveRunner = async (objective, threads) => {
  const workers = Array.from({ length: threads }, () =>
    spawn('objective-worker', import.meta.url, objective),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const running = new Set<Promise<unknown>>();
  return {
    async run(weights, episodes) {
      const batches = workers.map((_, w) => episodes.filter((_, i) => i % workers.length === w));
      const evaluating = batches.flatMap((batch, w) =>
        batch.length > 0 ? [evaluate(workers[w] as Worker, { weights, episodes: batch })] : [],
      );
      const ended: Promise<unknown> = Promise.allSettled(evaluating).then(() => running.delete(ended));
      running.add(ended);
      return combine(await Promise.all(evaluating), episodes.length);
    },
    async [Symbol.asyncDispose]() {
      // A run fails with its first thread, while others still compute. Terminating those would abort the process.
      await Promise.all(running);
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
};

async function evaluate(worker: Worker, job: ObjectiveJob): Promise<ObjectiveSums> {
  worker.postMessage(job);
  const [reply] = (await once(worker, 'message')) as [ObjectiveReply];
  if ('error' in reply) throw new Error(reply.error);
  return reply.sums;
}

/** Restores the order of the episodes and turns sums into means. */
function combine(sums: readonly ObjectiveSums[], episodes: number): ObjectiveResult {
  const inOrder = <T>(pick: (sum: ObjectiveSums) => readonly T[]): T[] =>
    Array.from(
      { length: episodes },
      (_, i) => pick(sums[i % sums.length] as ObjectiveSums)[Math.floor(i / sums.length)] as T,
    );
  const names = Object.keys(sums[0]?.gradients ?? {});
  const gradients: Tensors = Object.fromEntries(
    names.map((name) => [
      name,
      meanOf(
        sums.map((sum) => sum.gradients[name] as Tensor),
        episodes,
      ),
    ]),
  );
  return { gradients, losses: inOrder((sum) => sum.losses), outputs: inOrder((sum) => sum.outputs) };
}

function meanOf(parts: readonly Tensor[], count: number): Tensor {
  const data = new Float32Array(parts[0]?.data.length ?? 0);
  for (const part of parts)
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + (part.data[i] ?? 0) / count;
  return { shape: parts[0]?.shape ?? [], data };
}
