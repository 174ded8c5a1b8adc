import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  docker,
  firstKey,
  HARDENED,
  IMAGE,
  inside,
  inspect,
  logs,
  startCommand,
  startContainer,
} from './docker.ts';
import { learnsWave } from './wave.ts';

const BASE = 'node:24-bookworm-slim';
const { version, devDependencies } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

describe('the image', () => {
  it('adds less than 200 MB to its base', async () => {
    const [all, base] = await Promise.all([IMAGE, BASE].map((name) => inspect(name, '{{.Size}}')));
    expect(Number(all) - Number(base)).toBeLessThan(200e6);
  });

  it('runs as a numeric user, in a working directory that is empty and stays empty', async () => {
    expect(await inspect(IMAGE, '{{.Config.User}}')).toBe('1000:1000');
    expect(await inside('id -u; ls -A | wc -l; touch x 2>/dev/null || echo kept')).toBe('1000\n0\nkept');
  });

  it('lets its user write only in the data folder', async () => {
    const script =
      'find / -xdev -writable \\( -type f -o -type d \\) 2>/dev/null | grep -v "^/\\(proc\\|dev\\|sys\\|run\\)" || true';
    // The container is not read-only here, because this test checks the mode of each file.
    const writable = await docker('run', '--rm', '--entrypoint', 'sh', IMAGE, '-c', script);
    const unexpected = writable
      .split('\n')
      .filter((path) => !/^\/(data|tmp|var\/tmp|home\/node|var\/lock)/.test(path));
    expect(unexpected).toEqual([]);
  });

  it('contains no tests, no source, no development package and nothing that looks like a secret', async () => {
    const files = (await inside('find /opt/innerloop -type f')).split('\n');
    const own = files.filter((file) => !file.includes('/node_modules/'));
    expect(own.filter((file) => /\.ts$|\.test\.|\/test\/|\.checkpoint|\.npmrc$/.test(file))).toEqual([]);
    expect(files.filter((file) => /\.env(\.|$)|\.pem$|\.key$|id_rsa/.test(file))).toEqual([]);
    const packages = new Set(files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
    const unwanted = [...Object.keys(devDependencies), 'tsx', 'esbuild'];
    // `yaml` is also a dependency of fastify.
    expect(unwanted.filter((name) => packages.has(name))).toEqual(['yaml']);
  });

  it('contains native binaries only for its own platform', async () => {
    const libraries = (
      await inside("find /opt/innerloop -name '*.node' -o -name '*.dll' -o -name '*.dylib'")
    ).split('\n');
    const arch = await inside('node -p process.arch');
    expect(libraries.length).toBeGreaterThan(2);
    expect(
      libraries.filter((file) => !file.includes(arch) || /musl|win32|darwin|\.dll|\.dylib/.test(file)),
    ).toEqual([]);
  });

  it('runs with a read-only root and no capability, reports that it is healthy, and ends at once on SIGTERM', async () => {
    const { name, url } = await startContainer(
      ...HARDENED,
      '--tmpfs',
      '/data:uid=1000',
      '--health-interval',
      '1s',
    );
    await learnsWave(url, await firstKeyOf(name), 'wave');
    await healthy(name);
    const started = performance.now();
    await docker('stop', '--time', '30', name);
    expect(performance.now() - started).toBeLessThan(10_000);
    // 0 is a normal exit. 137 would be SIGKILL, and 143 an unhandled SIGTERM.
    expect(await inspect(name, '{{.State.ExitCode}}')).toBe('0');
  });

  it('is healthy when it listens at one address only', async () => {
    const { name } = await startContainer(
      '--hostname',
      'inner',
      '--env',
      'HOST=inner',
      '--health-interval',
      '1s',
    );
    await healthy(name);
  });

  it.each([
    ['as process 1', []],
    ['below an init', ['--init']],
  ])('heeds the options of serve, %s, and is healthy where they say', async (_where, init) => {
    const command = ['serve', '--port', '8080', '--host=0.0.0.0', '--data', '/tmp/tasks'];
    const { name } = await startCommand(command, 8080, ...HARDENED, ...init, '--health-interval', '1s');
    expect(await docker('exec', name, 'ls', '/tmp/tasks')).toContain('tasks');
    await healthy(name);
  });

  it('prints the help of serve, and refuses an option that serve does not have', async () => {
    const cli = (...args: string[]) => docker('run', '--rm', ...HARDENED, IMAGE, ...args);
    expect(await cli('serve', '--help')).toContain('Usage: innerloop serve');
    await expect(cli('serve', '--prot', '8080')).rejects.toThrow(
      "Unknown option '--prot'. Did you mean --port?",
    );
  });

  it('keeps tasks and keys on its volume for a new container', async () => {
    const volume = await docker('volume', 'create');
    onTestFinished(() => docker('volume', 'rm', '--force', volume).then(() => undefined));
    const mounted = [...HARDENED, '--volume', `${volume}:/data`];
    const first = await startContainer(...mounted);
    const key = await firstKeyOf(first.name);
    await learnsWave(first.url, key, 'kept');
    await docker('stop', first.name);
    const second = await startContainer(...mounted);
    const answer = await fetch(`${second.url}/tasks/kept`, { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
  });

  it('has the command line on its path', async () => {
    const cli = (...args: string[]) => docker('run', '--rm', ...HARDENED, IMAGE, ...args);
    expect(await cli('--version')).toBe(version);
    const folder = '/opt/innerloop/models/sinusoid-maml';
    expect(await cli('evaluate', folder, '--episodes', '5')).toMatch(/sinusoid-maml .*\n.*MSE/s);
  });
});

/** Resolves when the health check of the container has succeeded. */
function healthy(name: string): Promise<void> {
  return eventually(async () => expect(await inspect(name, '{{.State.Health.Status}}')).toBe('healthy'), {
    interval: 500,
  });
}

/** Waits for the first key, which is printed after the service listens. */
function firstKeyOf(name: string): Promise<string> {
  return eventually(async () => firstKey(await logs(name)));
}
