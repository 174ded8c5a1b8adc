import { execFile } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { argumentsOf } from '../support/servers/server-process.ts';

/** Runs `innerloop` as a process with pipes and this environment. */
function innerloop(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { PATH = '' } = process.env;
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const given = [...argumentsOf('src/main/cli.ts'), ...args];
    execFile(process.execPath, given, { env: { PATH, ...environment } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('innerloop as a process', () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('with %j writes colours into a pipe: %s', async (environment, isColoured) => {
    const { code, stdout } = await innerloop(['train', '--help'], environment);
    expect(code).toBe(0);
    expect(stripVTControlCharacters(stdout)).toContain('Usage: innerloop train');
    expect(stdout !== stripVTControlCharacters(stdout)).toBe(isColoured);
  });

  it.each([
    [['--version'], 0],
    [['train', '/nowhere/recipe.json'], 1],
    [['tarin'], 2],
    [['tasks', '--server', 'http://127.0.0.1:9'], 3],
  ])('ends %j with %i, and writes either an answer or an error', async (args, expected) => {
    const { code, stdout, stderr } = await innerloop(args);
    expect(code).toBe(expected);
    expect([stdout === '', stderr === '']).toEqual(expected === 0 ? [false, true] : [true, false]);
  });
});
