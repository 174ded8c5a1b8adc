import { extname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread that runs the module `name` in the folder of `importer`: a `.js` file in the build, a `.ts` file in a
 * checkout. For `.ts` the thread registers the TypeScript loader itself, because on Node 20 it does not inherit the loader.
 */
export function spawnThread(
  name: string,
  importer: string,
  options: Pick<WorkerOptions, 'workerData' | 'resourceLimits'>,
): Worker {
  const extension = extname(importer);
  const url = new URL(`./${name}${extension}`, importer);
  if (extension !== '.ts') return new Worker(url, options);
  const loader = import.meta.resolve('tsx/esm/api');
  const start = `import('${loader}').then(({ register }) => { register(); return import('${url.href}'); })`;
  return new Worker(start, { ...options, eval: true, execArgv: [] });
}
