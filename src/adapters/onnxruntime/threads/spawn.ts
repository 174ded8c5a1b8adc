import './no-telemetry.ts';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { WorkerThreadData } from './messages.ts';

/**
 * Starts a thread that runs the module `name` in the folder of `importer`: a `.js` file in the build, a `.ts` file in a
 * checkout. For `.ts` the thread registers the TypeScript loader itself, because on Node 20 it does not inherit the loader.
 */
export function spawn(name: string, importer: string, workerData?: unknown): Worker {
  const extension = extname(importer);
  const url = new URL(`./${name}${extension}`, importer);
  if (extension !== '.ts') return new Worker(url, { workerData });
  const loader = import.meta.resolve('tsx/esm/api');
  const start = `import('${loader}').then(({ register }) => { register(); return import('${url.href}'); })`;
  return new Worker(start, { eval: true, execArgv: [], workerData });
}

export function spawnWorkerThread(data: WorkerThreadData): Worker {
  return spawn('worker', import.meta.url, data);
}
