import './no-telemetry.ts';
import type { Worker } from 'node:worker_threads';
import { spawnThread } from '../../spawn-thread.ts';
import type { WorkerThreadData } from './messages.ts';
import { exitAfterNativeCalls } from './native-calls.ts';

/** As `spawnThread`, for threads that load ONNX Runtime. The process can exit while they run. */
export function spawn(name: string, importer: string, workerData?: unknown): Worker {
  exitAfterNativeCalls();
  return spawnThread(name, importer, { workerData });
}

export function spawnWorkerThread(data: WorkerThreadData): Worker {
  return spawn('worker', import.meta.url, data);
}
