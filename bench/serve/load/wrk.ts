import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Sample } from '../scenario.ts';
import { firstNumber, type Post, SEED_MARK } from './bodies.ts';

const SCRIPT = fileURLToPath(new URL('./post.lua', import.meta.url));
const TIMEOUT_SECONDS = 10;

interface Load {
  readonly address: string;
  readonly post: Post;
  readonly connections: number;
  /** Number of tasks. `:task` in the path is replaced by each of them in turn. */
  readonly tasks?: number;
}

/** Version of wrk; null if it is not installed. */
export function wrkVersion(): string | null {
  try {
    return execFileSync('wrk', ['--version'], { encoding: 'utf8' });
  } catch (error) {
    // `wrk --version` exits with status 1.
    const { stdout } = error as { stdout?: string };
    return /^wrk \S+/.exec(stdout ?? '')?.[0] ?? null;
  }
}

/** Repeats a call on each connection as soon as it is answered (closed-loop load). */
export async function wrk({ address, post, connections, tasks = 1 }: Load, seconds: number): Promise<Sample> {
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-wrk-'));
  try {
    const file = join(folder, 'body');
    await writeFile(file, post.body);
    const options = [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      `--timeout=${TIMEOUT_SECONDS}s`,
      '-s',
      SCRIPT,
    ];
    const headers = Object.entries(post.headers).map(([name, value]) => `${name}=${value}`);
    const { stdout } = await promisify(execFile)('wrk', [
      ...options,
      `${address}${post.path}`,
      '--',
      file,
      SEED_MARK,
      String(firstNumber()),
      String(tasks),
      ...headers,
    ]);
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    return {
      perSecond: report.requests / report.seconds,
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      errors: { 'not 2xx': report.status, timeout: report.timeout, socket: report.socket },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
