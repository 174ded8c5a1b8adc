import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Manifest, Metric } from '../../../src/package/manifest.ts';
import { innerloop } from '../innerloop.ts';

const recipe = {
  name: 'tiny-waves',
  version: '1.0.0',
  description: 'Waves, learnt in a moment.',
  dataset: { name: 'sinusoid' },
  network: { name: 'mlp', sizes: [1, 8, 1] },
  algorithm: { name: 'maml', settings: { order: 2 } },
  training: {
    seed: 1,
    iterations: 120,
    metaBatch: 4,
    ways: 1,
    shots: 5,
    queries: 5,
    steps: 1,
    rate: 0.01,
    lossAfter: 'last',
    outerRate: 0.001,
  },
  validation: { every: 20, episodes: 10, ways: 1, shots: 5, queries: 10, steps: 1 },
  inner: {
    steps: { default: 2, minimum: 0, maximum: 10 },
    rate: { default: 0.01, minimum: 0.0001, maximum: 0.1 },
    examples: { minimum: 1, maximum: 100 },
  },
  evaluations: [
    { shots: 5, queries: 10, steps: 1, episodes: 30, seed: 3 },
    { shots: 10, queries: 10, steps: 2, episodes: 30, seed: 4 },
  ],
};

async function newPackage(change: Partial<typeof recipe> = {}): Promise<string> {
  const directory = join(await mkdtemp(join(tmpdir(), 'innerloop-train-')), recipe.name);
  await mkdir(directory);
  await writeFile(join(directory, 'recipe.json'), JSON.stringify({ ...recipe, ...change }));
  return directory;
}

const manifestOf = async (directory: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(directory, 'model.json'), 'utf8'));

/** The options of the command on a model card, with another directory. */
const options = ({ command }: Metric, directory: string) => [
  'evaluate',
  directory,
  ...command.split(' ').slice(command.split(' ').indexOf('--split')),
];

describe('innerloop train', { timeout: 120_000 }, () => {
  it('writes package, curve and model card, and the command on the card measures the same numbers', async () => {
    const directory = await newPackage();
    const trained = await innerloop(['train', join(directory, 'recipe.json')]);
    expect(trained).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(`^(\\d+-shot: .*, split test\n)*tiny-waves 1.0.0 is in ${directory}\n$`),
      ),
    });
    expect(trained.stderr).toContain('tiny-waves  120/120  loss ');
    const { metrics } = await manifestOf(directory);
    expect(metrics).toHaveLength(2);
    const card = await readFile(join(directory, 'README.md'), 'utf8');
    const curve = await readFile(join(directory, 'training-curve.svg'), 'utf8');
    expect(curve).toContain('validation error');
    for (const metric of metrics) {
      expect(card).toContain(metric.command);
      const { code, stdout } = await innerloop([...options(metric, directory), '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual([metric]);
    }
  });

  it('continues from its checkpoint, and makes the same package as an uninterrupted run', async () => {
    const unbroken = await newPackage({ evaluations: [] });
    expect(await innerloop(['train', join(unbroken, 'recipe.json')])).toMatchObject({ code: 0 });

    const broken = await newPackage({ evaluations: [] });
    const interrupt = new AbortController();
    const running = innerloop(['train', join(broken, 'recipe.json')], interrupt.signal);
    while (!existsSync(join(broken, 'tiny-waves.checkpoint'))) await sleep(1);
    interrupt.abort();
    const stopped = await running;
    expect(stopped).toMatchObject({ code: 130, stdout: '' });
    expect(stopped.stderr).toMatch(/Stopped after iteration \d+; to continue, use --resume\n/);
    expect(existsSync(join(broken, 'model.json'))).toBe(false);

    const resumed = await innerloop(['train', join(broken, 'recipe.json'), '--resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).not.toContain('  1/120');
    expect((await manifestOf(broken)).digest).toBe((await manifestOf(unbroken)).digest);
    expect(resumed.stderr).not.toContain('Starting again');
    const again = await innerloop(['train', join(broken, 'recipe.json')]);
    expect(again.stderr).toContain(
      'Starting from the first iteration. To continue from the checkpoint, use --resume',
    );

    // A run that is stopped before its first step keeps the earlier checkpoint.
    const path = join(broken, 'tiny-waves.checkpoint');
    const before = await readFile(path);
    expect(await innerloop(['train', join(broken, 'recipe.json')], AbortSignal.abort())).toMatchObject({
      code: 130,
    });
    expect(await readFile(path)).toEqual(before);
  });

  it('refuses bounds beyond those of packages, before it trains', async () => {
    const inner = { ...recipe.inner, rate: { default: 0.5, minimum: 0.0001, maximum: 0.1 } };
    const directory = await newPackage({ inner });
    const refused = await innerloop(['train', join(directory, 'recipe.json')]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/\/inner\/rate\/default/);
    expect(existsSync(join(directory, 'tiny-waves.checkpoint'))).toBe(false);
  });

  it.each([
    [
      'of a recipe that has changed',
      { training: { ...recipe.training, iterations: 60 } },
      null,
      /other training settings/,
    ],
    ['that is damaged', {}, 'x', /damaged/],
  ])('does not start over from a checkpoint %s', async (_what, change, content, told) => {
    const directory = await newPackage({ evaluations: [] });
    const [file, path] = [join(directory, 'recipe.json'), join(directory, 'tiny-waves.checkpoint')];
    expect(await innerloop(['train', file])).toMatchObject({ code: 0 });
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...change }));
    if (content !== null) await writeFile(path, content);
    const before = await readFile(path);
    const refused = await innerloop(['train', file, '--resume']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(told);
    expect(await readFile(path)).toEqual(before);
  });
});

describe('innerloop evaluate', { timeout: 120_000 }, () => {
  it('prints a line for every combination of options, and refuses the same values as the package', async () => {
    const directory = await newPackage({ evaluations: [] });
    await innerloop(['train', join(directory, 'recipe.json')]);
    const { stdout } = await innerloop([
      'evaluate',
      directory,
      '--shots',
      '1,5',
      '--steps',
      '0,3',
      '--episodes',
      '5',
      '--queries',
      '4',
    ]);
    const [title, head, ...rows] = stdout.trimEnd().split('\n');
    expect(title).toContain('tiny-waves 1.0.0 on sinusoid, split test');
    expect(head?.split(/ {2,}/)).toEqual(['shots', 'queries', 'steps', 'episodes', 'seed', 'result ± 95 %']);
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 5))).toEqual([
      ['1', '4', '0', '5', '1'],
      ['1', '4', '3', '5', '1'],
      ['5', '4', '0', '5', '1'],
      ['5', '4', '3', '5', '1'],
    ]);
    for (const [option, value, message] of [
      ['--steps', '11', 'Expected steps of this package to be 0 to 10 steps, got 11'],
      ['--shots', '101', 'Expected shots of this package to be 1 to 100 examples (ways × shots), got 101'],
      ['--dataset', '/data', 'sinusoid reads no files'],
    ] as const) {
      const refused = await innerloop(['evaluate', directory, option, value]);
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toMatch(/^innerloop: .*\n$/);
      expect(refused.stderr).toContain(message);
    }
  });
});
