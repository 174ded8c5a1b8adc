import './no-telemetry.ts';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LaneData } from './messages.ts';

/**
 * A thread that runs the module `name` beside `importer`: `.js` once built, `.ts` from source. From source it
 * registers the TypeScript loader itself: on Node 20 a thread does not get the one its parent was started with.
 */
export function spawn(name: string, importer: string, workerData?: unknown): Worker {
  const extension = extname(importer);
  const url = new URL(`./${name}${extension}`, importer);
  if (extension !== '.ts') return new Worker(url, { workerData });
  const loader = import.meta.resolve('tsx/esm/api');
  const start = `import('${loader}').then(({ register }) => { register(); return import('${url.href}'); })`;
  return new Worker(start, { eval: true, execArgv: [], workerData });
}

/** The thread of a lane. */
export function spawnLane(data: LaneData): Worker {
  return spawn('worker', import.meta.url, data);
}
