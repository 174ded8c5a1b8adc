import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process with a pipe for what it is given and one, number 3, for what it answers. What it prints is dropped. */
export interface NodeProcess {
  readonly given: Writable;
  readonly answer: Readable;
  kill(): void;
  /** How it ended: a signal or an exit code. Rejects if it could not start. */
  readonly ended: Promise<NodeJS.Signals | number>;
}

/**
 * Starts a process that runs the module `name` in the folder of `importer`: a `.js` file in the build, a `.ts` file in a
 * checkout.
 */
export function spawnNode(name: string, importer: string): NodeProcess {
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
  const ended = new Promise<NodeJS.Signals | number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0));
  });
  return { given, answer: child.stdio[3] as Readable, kill: () => void child.kill('SIGKILL'), ended };
}
