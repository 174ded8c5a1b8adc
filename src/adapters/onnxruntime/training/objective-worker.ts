import { parentPort, workerData } from 'node:worker_threads';
import type { Objective } from '../../../ports/training-runtime.ts';
import { type ObjectiveJob, type ObjectiveSums, openObjective } from './objective.ts';

/** The answer of the thread to an `ObjectiveJob`. */
export type ObjectiveReply = { readonly sums: ObjectiveSums } | { readonly error: string };

const port = parentPort;
if (!port) throw new Error('Expected to run in a worker thread');
const evaluate = await openObjective(workerData as Objective);

port.on('message', (job: ObjectiveJob) => {
  evaluate(job).then(
    (sums) => port.postMessage({ sums } satisfies ObjectiveReply),
    (error: unknown) => port.postMessage({ error: String(error) } satisfies ObjectiveReply),
  );
});
port.postMessage('ready');
