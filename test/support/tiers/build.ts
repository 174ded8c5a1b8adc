import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildProcesses } from './processes.ts';

/**
 * Builds `src` into `dist` once per run, as `npm start` does, and then the processes of tests. With `BUILT=1` the caller has
 * built `src`.
 */
export async function setup(): Promise<void> {
  if (!process.env.BUILT) await promisify(execFile)(process.execPath, ['src/main/build.mjs']);
  process.env.BUILT = '1';
  await buildProcesses();
}
