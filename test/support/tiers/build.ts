import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Builds `src` into `dist` once per run, as `npm start` does. With `BUILT=1` the caller has built it. */
export async function setup(): Promise<void> {
  if (process.env.BUILT) return;
  process.env.BUILT = '1';
  await promisify(execFile)(process.execPath, ['src/main/build.mjs']);
}
