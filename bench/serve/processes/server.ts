import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../test/support/redis/ready.ts';
import type { Vitals } from './vitals.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const VITALS = new URL('./vitals.ts', import.meta.url).href;
const READY_MS = 60_000;
const POLL_INTERVAL_MS = 5;

/** The compiled server, as `npm start` and the Docker image run it, and the server from source. */
export const entries = {
  source: ['--import', 'tsx', 'src/main/serve.ts'],
  dist: ['dist/main/serve.js'],
} as const;

export interface ServerOptions {
  readonly entry?: keyof typeof entries;
  /** Whether `vitals` works; from source only. */
  readonly watched?: boolean;
  /** Modules that are loaded before the server. */
  readonly preload?: readonly string[];
  /** Another checkout whose server is started. */
  readonly checkout?: string;
}

export interface ServerProcess extends AsyncDisposable {
  readonly address: string;
  /** Time from the spawn to the first answer of `/health/ready` with success. */
  readonly readyMs: number;
  /** Memory after garbage collection, and event-loop delay since the last call. */
  vitals(): Promise<Vitals>;
}

/** Starts a server in production mode, with its own data folder and without logs. Resolves when it is ready. */
export async function startServer(
  environment: Readonly<Record<string, string>>,
  { watched = false, entry = watched ? 'source' : 'dist', preload = [], checkout = root }: ServerOptions = {},
): Promise<ServerProcess> {
  const data = await mkdtemp(join(tmpdir(), 'innerloop-bench-'));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const modules = watched ? [VITALS, ...preload] : preload;
  const [imports, program] = [entries[entry].slice(0, -1), entries[entry].slice(-1)];
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...(watched ? ['--expose-gc'] : []),
      ...imports,
      ...modules.flatMap((url) => ['--import', url]),
      ...program,
    ],
    {
      cwd: checkout,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(port),
        DATA_DIR: data,
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  const stop = async () => {
    await ended(child, 'SIGTERM');
    await rm(data, { recursive: true, force: true });
  };
  try {
    await ready(child, address);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    address,
    readyMs: performance.now() - startedAt,
    async vitals() {
      if (!watched) throw new Error('Expected a server that was started with `watched`');
      child.send('vitals');
      const [message] = await once(child, 'message');
      return message as Vitals;
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Resolves when the child process has answered that it is ready. */
async function ready(child: ChildProcess, address: string): Promise<void> {
  let stderrText = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrText += text;
  });
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The server ended before it was ready: ${stderrText}`);
    const answer = await fetch(`${address}/health/ready`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await pause(POLL_INTERVAL_MS);
  }
  throw new Error(`Expected the server to be ready within ${READY_MS} ms: ${stderrText}`);
}

/** Ends a child process with the signal, and with SIGKILL if it still runs after 15 s. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exited;
  clearTimeout(force);
}
