import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoDrawings } from '../../src/main/demo/drawings.ts';
import { conv4 } from '../../src/nn/conv4.ts';
import { classifier } from '../../src/nn/network.ts';
import { createRandom } from '../../src/training/random.ts';
import { innerloop } from '../cli/innerloop.ts';
import { modelsFolder } from '../support/files/models-folder.ts';
import { tinyPackage } from '../support/packages.ts';
import { serve } from '../support/servers/serve.ts';
import { argumentsOf } from '../support/servers/server-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function demo(environment: Record<string, string>, ...options: string[]): Promise<string> {
  const args = [...argumentsOf('src/main/cli.ts'), 'demo', ...options];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
  });
  return stdout;
}

/** An untrained stand-in of the bundled package. */
async function standIn(): Promise<string> {
  const glyphs = classifier(conv4({ inputShape: [1, 28, 28], filters: 4, normalisation: 'none' }));
  const models = await modelsFolder([tinyPackage('omniglot-protonets', 'protonets', glyphs, {})]);
  onTestFinished(() => rm(models, { recursive: true }));
  return models;
}

describe('the demo', () => {
  it('starts its own service, and prints answers, accuracy and times', async () => {
    const printed = await demo({ MODELS_DIR: await standIn() });
    expect(printed).toMatch(/service +started at http:\/\/127\.0\.0\.1:\d+ in \d+ ms/);
    expect(printed).toMatch(/drawings +.*not in the training data/);
    expect(printed).toMatch(/accuracy +\d+ of \d+: [\d.]+ %/);
    expect(printed).toMatch(/adapt +[\d.]+ ms for the call: \d+ ms queued, \d+ ms running/);
    expect(printed).toMatch(/predict +[\d.]+ ms for one drawing/);
  });

  it('uses a running service, and deletes its tasks there', async () => {
    const server = await serve({ MODELS_DIR: await standIn() });
    expect(await demo({}, server.address, '--seed', '3')).toMatch(/accuracy +\d+ of \d+/);
    const tasks = (await (await fetch(`${server.address}/tasks`)).json()) as { data: unknown[] };
    expect(tasks.data).toEqual([]);
  });

  it('says why it cannot run', async () => {
    const models = await modelsFolder([]);
    onTestFinished(() => rm(models, { recursive: true }));
    const refused = await innerloop(['demo'], undefined, { MODELS_DIR: models });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no model "omniglot-protonets"/),
    });
  });

  it.each([
    [['--sede', '3'], 2, /Unknown option '--sede'/],
    [['--seed', 'three'], 2, /Expected --seed to be one whole number from 0, got "three"/],
    [['localhost:1'], 2, /Expected a URL such as http:\/\/localhost:3000, got "localhost:1"/],
    [['http://127.0.0.1:1', 'more'], 2, /Too many arguments for 'demo'. Expected 1 argument but got 2/],
    [['http://127.0.0.1:9'], 3, /Cannot reach a server at http:\/\/127\.0\.0\.1:9: /],
  ])('refuses %j in one line', async (args, code, message) => {
    const refused = await innerloop(['demo', ...args]);
    expect(refused).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect(refused.stderr).not.toContain('    at ');
  });

  it('uses the glyphs of the project if Omniglot is not there', async () => {
    const { origin, characters } = await demoDrawings(createRandom(1), 5, 11, ['/nowhere']);
    expect(origin).toContain('invented glyphs');
    expect(new Set(characters.map(({ name }) => name)).size).toBe(5);
    expect(characters.map(({ files }) => files.length)).toEqual([4, 4, 4, 4, 4]);
  });
});
