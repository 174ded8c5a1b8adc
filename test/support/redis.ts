import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis of a test's own. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Again, on the same port and data. Resolves when it answers. */
  start(): Promise<void>;
  /** It accepts connections and does not answer. */
  freeze(): void;
  thaw(): void;
}

/** An empty `redis-server`; `options` as on its command line. Without any it appends to a file, as ours should. */
export async function startRedis(
  options: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'always'],
): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...options];
  let child: ChildProcess | null = null;

  const kill = async () => {
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    child = null;
  };
  const start = async () => {
    child = spawn('redis-server', args, { stdio: 'ignore' });
    await answering(url);
  };
  await start();
  return {
    url,
    kill,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(url: string): Promise<void> {
  const probe = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  probe.on('error', () => undefined);
  const deadline = AbortSignal.timeout(10_000);
  while (!deadline.aborted) {
    const pong = await probe.ping().catch(() => null);
    if (pong) {
      probe.disconnect();
      return;
    }
    await setTimeout(20);
  }
  probe.disconnect();
  throw new Error(`Expected a Redis at ${url}, got no answer`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return address.port;
}
