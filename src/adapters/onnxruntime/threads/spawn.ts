import './no-telemetry.ts';
import type { Worker } from 'node:worker_threads';
import { spawnThread } from '../../spawn-thread.ts';
import type { WorkerThreadData } from './messages.ts';

/** As `spawnThread`, for threads that load ONNX Runtime. */
export function spawn(name: string, importer: string, workerData?: unknown): Worker {
  return spawnThread(name, importer, { workerData });
}

export function spawnWorkerThread(data: WorkerThreadData): Worker {
  return spawn('worker', import.meta.url, data);
}
