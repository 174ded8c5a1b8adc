import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/cli/catalogue.ts';
import { run } from './unit-context.ts';

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
    for (const name of Object.keys(catalogue))
      expect(help.stdout).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
    expect(await run([])).toEqual({ code: 2, stdout: '', stderr: help.stdout });
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
    [['tarin'], "Unknown command 'tarin'. Did you mean train? See --help"],
    [['toString'], "Unknown command 'toString'; see --help"],
    [['train'], 'Expected RECIPE, or --data'],
    [['train', 'recipe.json', '--resmue'], "Unknown option '--resmue'. Did you mean --resume? See --help"],
    [['train', '--data'], "Option '--data <folder>' argument missing"],
    [['train', '--data', '--name', 'x'], 'Expected a value after --data, got the option --name'],
    [['train', '--data', ''], 'Expected a value after --data'],
    [['train', 'recipe.json', '--threads', '1000000'], 'from 1 to 256, got "1000000"'],
    [['train', 'models/sinusoid-maml/other.json'], 'Expected a file named recipe.json'],
    [['train', 'recipe.json', 'other.json'], "Too many arguments for 'train'. Expected 1 argument but got 2"],
    [['evaluate', 'models/a', '--split', 'dev'], 'to be one of train, val, test; got "dev"'],
    [['evaluate', 'models/a', '--way', '5'], "Unknown option '--way'. Did you mean --ways?"],
    [['evaluate'], "Missing required argument 'PACKAGE'"],
    [['keys', 'toString'], "Unknown command 'toString'"],
    [['keys', 'lits'], "Unknown command 'lits'. Did you mean list?"],
    [['keys', 'create'], "Missing required argument 'TENANT'"],
    [['keys', 'create', 'acme', '--expire', '9d'], "Unknown option '--expire'. Did you mean --expires?"],
    [['keys', 'create', 'acme', '--expires', 'soon'], 'got "soon"'],
    [['predict', 'a.png'], 'Expected --task'],
    [['predict', '--task', 't'], "Missing required argument 'INPUTS'"],
    [['predict', '--task', 't', 'a.csv', 'b.png'], 'Expected a.csv alone'],
    [['predict', '--task', 't', '-', 'b.png'], 'Expected the standard input alone'],
    [['models', '--server', 'localhost:3000'], 'Expected --server to be an address such as http://'],
    [['tasks', '--delete'], 'Expected a task to delete'],
    [['demo', 'localhost:1'], 'Expected a URL such as http://localhost:3000, got "localhost:1"'],
    [['demo', '--seed', 'three'], 'Expected --seed to be one whole number from 0, got "three"'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`innerloop: `);
    expect(stderr).toContain(message);
  });

  it('prints the commands of a group that is called without one, and fails', async () => {
    const { code, stdout, stderr } = await run(['keys']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/create .*\n +list .*\n +revoke /);
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
    [['help'], 'Use a server:'],
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
