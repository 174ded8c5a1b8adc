import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Package } from '../../../src/package/manifest.ts';
import { tinyPackages } from '../../support/packages.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { serve } from '../../support/servers/serve.ts';
import { argumentsOf } from '../../support/servers/server-process.ts';

/** Starts `innerloop` as a process. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [...argumentsOf('src/main/cli.ts'), ...args], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, ended, stdout: text(child.stdout), stderr: text(child.stderr) };
}

/** A package whose adaptation takes so many steps that it does not end within a test. */
function endless(made: Package, name: string): Package {
  const { inner } = made.manifest;
  const slow = {
    ...inner,
    steps: { ...inner.steps, default: 100_000, maximum: 100_000 },
    rate: { ...inner.rate, default: 0.000001 },
  };
  return { ...made, manifest: { ...made.manifest, name, inner: slow } };
}

describe('Ctrl-C', () => {
  it('cancels the adaptation that a command waits for', async () => {
    const { address } = await serve({}, { packages: [endless(tinyPackages.gradients(), 'slow')] });
    const examples = join(await scratchFolder(), 'points.ndjson');
    await writeFile(examples, '{"label":"left","input":[-1,0]}\n{"label":"right","input":[1,0]}\n');
    const { child, ended, stdout, stderr } = start(['adapt', examples, '--model', 'slow'], {
      INNERLOOP_SERVER: address,
    });
    const latest = async () => {
      const answer = await fetch(`${address}/tasks/points/adaptations`);
      const { data } = (await answer.json()) as { data?: { status: string }[] };
      return data?.[0]?.status;
    };
    await expect.poll(latest, { timeout: 30_000 }).toBe('running');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(await stdout).toBe('');
    expect(await stderr).toMatch(/The adaptation is cancelled\ninnerloop: interrupted\n$/);
    await expect.poll(latest).toBe('cancelled');
  });

  it('ends a command that reads the standard input', async () => {
    const { child, ended, stderr } = start(['predict', '--task', 't', '-'], {
      INNERLOOP_SERVER: 'http://127.0.0.1:9',
    });
    // More than a pipe holds: when it is written, the command reads.
    await promisify(child.stdin.write.bind(child.stdin) as (chunk: Buffer, done: () => void) => void)(
      Buffer.alloc(2 ** 20, 'text\n'),
    );
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(await stderr).toBe('innerloop: interrupted\n');
  });

  it('stops the demo, which deletes its task', async () => {
    const { address, service } = await serve(
      {},
      { packages: [endless(tinyPackages.glyphGradients(), 'omniglot-protonets')] },
    );
    const { child, ended, stderr } = start(['demo', address]);
    const tasks = async () => (await service.tasks('default', { limit: 9, after: undefined })).data.length;
    await expect.poll(tasks, { timeout: 30_000 }).toBe(1);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(await stderr).toBe('innerloop: interrupted\n');
    expect(await tasks()).toBe(0);
  });

  it('stops a server, which then ends with 0', async () => {
    const { child, ended, stdout } = start(['serve', '--port', '0', '--data', await scratchFolder()], {
      MODELS_DIR: await scratchFolder(),
    });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(await stdout).toMatch(/"msg":"stopped"/);
  });
});

describe('a server that cannot start', () => {
  it('says why, with exit code 1', async () => {
    const { ended, stderr } = start(['serve', '--port', 'many']);
    expect(await ended).toEqual([1, null]);
    expect(await stderr).toMatch(/^innerloop: cannot start: .*PORT/s);
  });
});
