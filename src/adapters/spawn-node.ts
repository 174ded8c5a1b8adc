import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process with a pipe for what it is given and one, number 3, for what it answers. What it prints is dropped. */
export interface NodeProcess {
  readonly given: Writable;
  readonly answer: Readable;
  kill(): void;
  /** How it ended: `timeout`, a signal or an exit code. Rejects if it could not start. */
  readonly ended: Promise<'timeout' | NodeJS.Signals | number>;
}

/**
 * Starts a process that runs the module `name` in the folder of `importer`: a `.js` file in the build, a `.ts` file in a
 * checkout. It is killed after `timeoutMs`.
 */
export function spawnNode(name: string, importer: string, timeoutMs: number): NodeProcess {
  const extension = extname(importer);
  const path = fileURLToPath(new URL(`./${name}${extension}`, importer));
  const loader = extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [];
  const child = spawn(process.execPath, [...loader, path], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const given = child.stdin as Writable;
  // A process that has ended reads no more: `ended` says why.
  given.on('error', () => {});
  const kill = () => void child.kill('SIGKILL');
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, timeoutMs);
  const ended = new Promise<'timeout' | NodeJS.Signals | number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(isLate ? 'timeout' : (signal ?? code ?? 0)));
  }).finally(() => clearTimeout(timer));
  return { given, answer: child.stdio[3] as Readable, kill, ended };
}
