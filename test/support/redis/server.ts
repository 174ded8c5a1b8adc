import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answering, freePort } from './ready.ts';
import type { RedisSource, TestRedis } from './source.ts';

/** Redis as a process on this machine. It needs `redis-server` on the PATH. */
export async function privateServers(): Promise<RedisSource> {
  const version = await promisify(execFile)('redis-server', ['--version']).catch(() => null);
  return version ? start : 'Expected redis-server on the PATH, found none';
}

async function start(options: readonly string[]): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  // A primary waits five seconds for further replicas by default.
  const own = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--repl-diskless-sync-delay', '0'];
  const args = ['--port', String(port), ...own, ...options];
  let child: ChildProcess | null = null;

  const redis: TestRedis = {
    url,
    async start() {
      child = spawn('redis-server', args, { stdio: 'ignore' });
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`Expected redis-server ${args.join(' ')} to run, it ended with code ${code}`);
      });
      await Promise.race([answering(url), ended]);
    },
    async kill() {
      if (!child || child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      child = null;
    },
    freeze: async () => void child?.kill('SIGSTOP'),
    thaw: async () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await redis.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}
