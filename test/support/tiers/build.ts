import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/**
 * Compiles `src` into `dist` once per run, without checking types. A server starts from `dist` in half the time that it
 * takes from the sources. With `BUILT=1` the caller has built it.
 */
export async function setup(): Promise<void> {
  if (process.env.BUILT) return;
  process.env.BUILT = '1';
  await promisify(execFile)(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck']);
}
