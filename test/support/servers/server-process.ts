import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { builtPath } from '../tiers/from-build.ts';
import { listeningAddress } from './listening-address.ts';

export interface ServerProcess {
  readonly address: string;
  readonly child: ChildProcess;
  /** The log so far. */
  readonly lines: readonly string[];
  /** The texts for people so far. */
  said(): string;
  /** Sends a signal and returns the exit code, or null if the signal itself ended the process. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Starts a server process on a free port, like `npm start` or from `entry`. Resolves when it listens.
 */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  entry = 'src/main/serve.ts',
): Promise<ServerProcess> {
  const child = spawn(process.execPath, argumentsOf(entry), {
    cwd: root,
    env: { ...process.env, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  // Do not wait for `exit`: at that time, some of its output may not have been read.
  const exited = once(child, 'close') as Promise<[number | null]>;
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const at = listeningAddress(line);
      if (at !== null) resolve(at);
    });
    exited.then(([code]) => reject(new Error(`The server ended with ${code} before it listened: ${told}`)));
  });
  return {
    address,
    child,
    lines,
    said: () => told,
    async stop(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** Node's arguments to run `entry`: the built file if it is of `src`, otherwise the source. */
export function argumentsOf(entry: string): readonly string[] {
  const file = builtPath(join(root, entry));
  return file === null ? ['--import', 'tsx', entry] : [file];
}

export async function post(
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
