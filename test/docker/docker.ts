import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';

const run = promisify(execFile);
export const root = fileURLToPath(new URL('../..', import.meta.url));

export const IMAGE = 'innerloop';
/** The options with which README and docker-compose.yml run the image. */
export const HARDENED = [
  '--read-only',
  ...['--tmpfs', '/tmp'],
  ...['--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges'],
];

/** Runs a Docker command in the folder of the Dockerfile and returns its standard output. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { cwd: root, maxBuffer: 64 * 2 ** 20 });
  return stdout.trim();
}

/** Returns all output of a container so far, from both streams. */
export async function logs(name: string): Promise<string> {
  const { stdout, stderr } = await run('docker', ['logs', name]);
  return stdout + stderr;
}

/** Runs a shell command in the image and returns its output. */
export function inside(script: string): Promise<string> {
  return docker('run', '--rm', ...HARDENED, '--entrypoint', 'sh', IMAGE, '-ec', script);
}

export async function inspect(name: string, format: string): Promise<string> {
  return docker('inspect', '--format', format, name);
}

/** Starts a service in a container, on a port of this machine. The container is removed after the test. */
export function startContainer(...options: string[]): Promise<{ name: string; url: string }> {
  return startCommand([], 3000, ...options);
}

/** The same for a command that listens on `port`. */
export async function startCommand(
  command: readonly string[],
  port: number,
  ...options: string[]
): Promise<{ name: string; url: string }> {
  const name = `innerloop-test-${randomUUID().slice(0, 8)}`;
  onTestFinished(() => docker('rm', '--force', '--volumes', name).then(() => undefined));
  const published = ['--publish', `127.0.0.1::${port}`];
  await docker('run', '--detach', '--name', name, ...published, ...options, IMAGE, ...command);
  const url = `http://${await docker('port', name, `${port}/tcp`)}`;
  await answering(url);
  return { name, url };
}

/** Resolves when `url` can serve requests. */
export async function answering(url: string): Promise<void> {
  await eventually(
    async () => {
      const { status } = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) });
      if (status !== 200) throw new Error(`Expected 200 of ${url}/health/ready, got ${status}`);
    },
    { timeout: 60_000, interval: 200 },
  );
}

/** The key that the first start printed in its welcome text. */
export function firstKey(printed: string): string {
  const [key] = /\bil_[\w-]+/.exec(printed) ?? [];
  if (key === undefined) throw new Error(`Expected the first key, got ${printed}`);
  return key;
}
