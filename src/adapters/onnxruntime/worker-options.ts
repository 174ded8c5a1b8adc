import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WorkerOptions } from 'node:worker_threads';

/** The file of a worker beside `importer`: `.ts` run from source, `.js` once built. */
export function workerUrl(name: string, importer: string): URL {
  return new URL(`./${name}${extname(importer)}`, importer);
}

/**
 * A worker run from source needs the TypeScript loader whatever its parent runs under: the parent may be a test
 * runner with a loader of its own, or may have been started in another folder.
 */
export function workerOptions(importer: string): WorkerOptions {
  if (extname(importer) !== '.ts') return {};
  const loader = createRequire(importer).resolve('tsx');
  return { execArgv: ['--import', pathToFileURL(loader).href] };
}
