import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { docker, firstKey, HARDENED, IMAGE, inside, inspect, logs, startContainer } from './docker.ts';
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

  it('runs as a user, by number, in a working directory that is empty and stays so', async () => {
    expect(await inspect(IMAGE, '{{.Config.User}}')).toBe('1000:1000');
    expect(await inside('id -u; ls -A | wc -l; touch x 2>/dev/null || echo kept')).toBe('1000\n0\nkept');
  });

  it('lets its user write nothing but its data', async () => {
    const script =
      'find / -xdev -writable \\( -type f -o -type d \\) 2>/dev/null | grep -v "^/\\(proc\\|dev\\|sys\\|run\\)" || true';
    // Not read-only here: what the mode of each file allows is the question.
    const writable = await docker('run', '--rm', '--entrypoint', 'sh', IMAGE, '-c', script);
    const unexpected = writable
      .split('\n')
      .filter((path) => !/^\/(data|tmp|var\/tmp|home\/node|var\/lock)/.test(path));
    expect(unexpected).toEqual([]);
  });

  it('holds no tests, no source, no package of development and nothing that looks like a secret', async () => {
    const files = (await inside('find /opt/innerloop -type f')).split('\n');
    const own = files.filter((file) => !file.includes('/node_modules/'));
    expect(own.filter((file) => /\.ts$|\.test\.|\/test\/|\.checkpoint|\.npmrc$/.test(file))).toEqual([]);
    expect(files.filter((file) => /\.env(\.|$)|\.pem$|\.key$|id_rsa/.test(file))).toEqual([]);
    const packages = new Set(files.map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
    const unwanted = [...Object.keys(devDependencies), 'tsx', 'esbuild'];
    // `yaml` is one of fastify's as well.
    expect(unwanted.filter((name) => packages.has(name))).toEqual(['yaml']);
  });

  it('holds native binaries of its own platform alone', async () => {
    const libraries = (
      await inside("find /opt/innerloop -name '*.node' -o -name '*.dll' -o -name '*.dylib'")
    ).split('\n');
    const arch = await inside('node -p process.arch');
    expect(libraries.length).toBeGreaterThan(2);
    expect(
      libraries.filter((file) => !file.includes(arch) || /musl|win32|darwin|\.dll|\.dylib/.test(file)),
    ).toEqual([]);
  });

  it('serves with a read-only root and no capability, says that it is healthy, and ends at once on SIGTERM', async () => {
    const { name, url } = await startContainer(
      ...HARDENED,
      '--tmpfs',
      '/data:uid=1000',
      '--health-interval',
      '1s',
    );
    await learnsWave(url, await firstKeyOf(name), 'wave');
    await vi.waitFor(async () => expect(await inspect(name, '{{.State.Health.Status}}')).toBe('healthy'), {
      timeout: 30_000,
      interval: 500,
    });
    const started = performance.now();
    await docker('stop', '--time', '30', name);
    expect(performance.now() - started).toBeLessThan(10_000);
    // 0 is node's own: 137 would be SIGKILL, 143 a signal that nobody handled.
    expect(await inspect(name, '{{.State.ExitCode}}')).toBe('0');
  });

  it('keeps tasks and keys on its volume over a new container', async () => {
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

/** The first key comes when the service listens already. */
function firstKeyOf(name: string): Promise<string> {
  return vi.waitFor(async () => firstKey(await logs(name)));
}
