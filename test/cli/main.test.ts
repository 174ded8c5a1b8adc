import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/main.ts';

function sink() {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  return { stream, written: () => written };
}

async function run(rawArgs: readonly string[], change: Partial<CliContext> = {}) {
  const [stdout, stderr] = [sink(), sink()];
  const code = await runCli(rawArgs, {
    version: '1.2.3',
    stdout: stdout.stream,
    stderr: stderr.stream,
    clock: { now: () => new Date(0) },
    threads: 1,
    signal: new AbortController().signal,
    openTrainingContext: () => Promise.reject(new Error('no training here')),
    openKeys: () => Promise.reject(new Error('no keys here')),
    fetchPinned: () => Promise.reject(new Error('no network here')),
    openEncoders: () => {
      throw new Error('no encoders here');
    },
    openImporting: () => {
      throw new Error('no importing here');
    },
    ...change,
  });
  return { code, stdout: stdout.written(), stderr: stderr.written() };
}

async function recipeFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'innerloop-cli-')), 'recipe.json');
  await writeFile(path, text);
  return path;
}

describe('innerloop', () => {
  it('prints its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it('lists its commands on request, and fails if no command is given', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/train.*\n.*evaluate.*\n.*import.*\n.*encoders.*\n.*keys/);
    for (const args of [[], ['tarin'], ['toString']]) {
      const { code, stdout, stderr } = await run(args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('COMMANDS');
      if (args[0]) expect(stderr).toMatch(new RegExp(`innerloop: Unknown command ${args[0]}\n$`));
    }
  });

  it.each([
    ['train', '--resume'],
    ['evaluate', '--episodes'],
    ['keys', 'revoke'],
    ['keys create', '--expires'],
  ])('prints the help of %s without running it', async (command, option) => {
    const { code, stdout } = await run([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`innerloop ${command}`);
    expect(stdout).toContain(option);
  });

  it.each([
    [['train'], 'RECIPE'],
    [['train', 'recipe.json', '--resmue'], 'Unknown option --resmue'],
    [['train', '--data'], 'Expected a value after --data'],
    [['train', '--data', '--name', 'x'], 'Expected a value after --data, got the option --name'],
    [['train', '--data', ''], 'Expected a value after --data'],
    [['train', 'recipe.json', '--threads', '1000000'], 'from 1 to 256, got "1000000"'],
    [['train', 'models/sinusoid-maml/other.json'], 'Expected a file named recipe.json'],
    [['evaluate', 'models/a', '--split', 'dev'], 'train, val, test'],
    [['train', 'recipe.json', 'other.json'], 'no further argument, got "other.json"'],
    [['evaluate', 'models/a', '--way', '5'], 'Unknown option --way'],
    [['keys'], 'Expected one of create, list, revoke'],
    [['keys', 'toString'], 'got "toString"'],
    [['keys', 'create'], 'TENANT'],
    [['keys', 'create', 'acme', '--expire', '9d'], 'Unknown option --expire'],
    [['keys', 'create', 'acme', '--expires', 'soon'], 'got "soon"'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('prints what is wrong with a recipe, without a stack trace', async () => {
    const missing = await run(['train', '/nowhere/recipe.json']);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^innerloop: .*\/nowhere\/recipe\.json.*\n$/);
    const broken = await run(['train', await recipeFile('{')]);
    expect(broken.stderr).toMatch(/^innerloop: Expected JSON.*\n$/);
    const incomplete = await run(['train', await recipeFile('{"name":"a"}')]);
    expect(incomplete.stderr).toMatch(
      /^innerloop: \/.*recipe\.json has 9 problems:\n {2}\/version: expected .*, got nothing\n/,
    );
    expect(incomplete.stderr).not.toContain('    at ');
  });

  it('prints the stack trace of a bug', async () => {
    const { code, stderr } = await run(['train', 'models/sinusoid-maml/recipe.json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no training here\n\s+at /);
  });

  it.each([
    [['help'], 'COMMANDS'],
    [['help', 'train'], '--resume'],
    [['help', 'keys', 'create'], '--expires'],
    [['train', '-h'], '--resume'],
  ])('prints help for %j', async (args, word) => {
    const help = await run(args);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(word);
  });

  it('prints an error of the operating system in one line', async () => {
    const refused = Object.assign(new Error('ENOSPC: …'), {
      code: 'ENOSPC',
      errno: -28,
      syscall: 'write',
      path: '/full/file',
    });
    const { code, stderr } = await run(['train', 'models/sinusoid-maml/recipe.json'], {
      openTrainingContext: () => Promise.reject(refused),
    });
    expect([code, stderr]).toEqual([1, 'innerloop: Cannot write /full/file: no space left on device\n']);
  });

  it('ends with 130 when interrupted', async () => {
    const { code, stderr } = await run(['train', 'models/sinusoid-maml/recipe.json'], {
      signal: AbortSignal.abort(),
    });
    expect([code, stderr]).toEqual([130, 'innerloop: interrupted\n']);
  });
});
