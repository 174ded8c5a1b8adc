import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitClasses } from '../../../src/training/datasets/split-classes.ts';
import { readRecipe } from '../../../src/training/recipe/read-recipe.ts';
import { dataUrl } from '../../http/support/bodies.ts';
import { startApp } from '../../http/support/start-app.ts';
import { smallExport } from '../../support/encoders/small-export.ts';
import { drawHues, HUES, huePicture } from '../../support/files/hues.ts';
import { innerloop } from '../innerloop.ts';

const root = mkdtempSync(join(tmpdir(), 'innerloop-end-'));
const [data, out, encoders] = [join(root, 'hues'), join(root, 'packages'), join(root, 'encoders')];
const before = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME, ENCODERS_DIR: process.env.ENCODERS_DIR };
const model = join(root, 'small.onnx');

const train = (name: string, ...options: readonly string[]) =>
  innerloop(['train', '--encoder', 'small', '--data', data, '--out', out, '--name', name, ...options]);

const runs: Record<string, Awaited<ReturnType<typeof innerloop>>> = {};
beforeAll(async () => {
  process.env.XDG_CACHE_HOME = join(root, 'cache');
  process.env.ENCODERS_DIR = encoders;
  await writeFile(model, smallExport());
  await drawHues(data, 12);
  runs.import = await innerloop([
    ...['import', model, '--name', 'small', '--input', 'image', '--out', encoders],
    ...['--mean', '0.5,0.5,0.5', '--std', '0.5,0.5,0.5', '--fit', 'fill'],
  ]);
  runs.frozen = await train('frozen', '--algorithm', 'cosine', '--iterations', '1');
  runs.learned = await train('learned', '--trainable', 'conv2', '--iterations', '100');
  runs.inside = await train('inside', '--trainable', 'last:1', '--algorithm', 'maml', '--iterations', '3');
  runs.whole = await train('whole', '--unfreeze', 'all', '--iterations', '60');
}, 300_000);
afterAll(async () => {
  Object.assign(
    process.env,
    Object.fromEntries(Object.entries(before).map(([name, value]) => [name, value ?? ''])),
  );
  await rm(root, { recursive: true, force: true });
});

const started = startApp({ environment: { MODELS_DIR: out, ENCODERS_DIR: encoders } });

/** The share of right answers over HTTP, for held-out classes after three pictures of each. */
async function servedAccuracy(name: string): Promise<number> {
  const { dataset } = await readRecipe(join(out, name, 'recipe.json'));
  if (dataset.name !== 'contents') throw new Error('The recipe is of contents');
  const { seed, val, test } = dataset.split;
  const all = [...HUES].sort().map((each) => ({ name: each }));
  const count = (part: number) => Math.floor(part * all.length);
  const held = splitClasses(all, { seed, val: count(val), test: count(test) }).test.map((each) => each.name);
  const picture = async (label: string, i: number) => dataUrl(await huePicture(label, 100 + i));
  const examples = held.flatMap((label) => [0, 1, 2].map((i) => [label, i] as const));
  const support = await Promise.all(
    examples.map(async ([label, i]) => ({ label, input: await picture(label, i) })),
  );
  const { app } = started;
  const adapted = await app.inject({
    method: 'POST',
    url: `/tasks/${name}/adapt`,
    headers: { prefer: 'wait=60' },
    payload: { model: name, support },
  });
  expect(adapted.json()).toMatchObject({ status: 'succeeded' });
  const asked = held.flatMap((label) => Array.from({ length: 20 }, (_, i) => [label, 3 + i] as const));
  const inputs = await Promise.all(asked.map(([label, i]) => picture(label, i)));
  const answer = await app.inject({ method: 'POST', url: `/tasks/${name}/predict`, payload: { inputs } });
  const predictions: readonly { label: string }[] = answer.json().predictions;
  return predictions.filter(({ label }, i) => label === asked[i]?.[0]).length / asked.length;
}

const manifestOf = async (name: string) => JSON.parse(await readFile(join(out, name, 'model.json'), 'utf8'));

describe('innerloop train --encoder --trainable', { timeout: 300_000 }, () => {
  it('trains the end of an imported network, from the block of a named weight', () => {
    for (const [name, { code, stderr }] of Object.entries(runs)) expect(code, `${name}: ${stderr}`).toBe(0);
    expect(runs.learned?.stderr).toContain('Training the last 2 of 3 blocks of small, 6384 weights');
    expect(runs.learned?.stderr).toContain('small-before-last-2');
  });

  it('makes a package over an encoder of the frozen beginning', async () => {
    const { input, state } = await manifestOf('learned');
    const { digest, features } = JSON.parse(
      await readFile(join(encoders, 'small-before-last-2', 'encoder.json'), 'utf8'),
    );
    expect(input.preprocessing).toEqual({ kind: 'encoder', name: 'small-before-last-2', digest });
    expect([input.shape, features]).toEqual([[12 * 16 * 16], 12 * 16 * 16]);
    expect(state.map(({ name }: { name: string }) => name)).toEqual(['prototypes', 'weights']);
  });

  it('adapts weights inside the network, if the algorithm takes steps', async () => {
    const { state, metrics } = await manifestOf('inside');
    expect(state.map(({ name }: { name: string }) => name)).toContain('conv3.weight');
    expect(metrics[0].steps).toBe(5);
  });

  it('is better than the frozen network, in the same episodes of classes that it was not trained on', async () => {
    const [frozen, learned] = [
      (await manifestOf('frozen')).metrics[0],
      (await manifestOf('learned')).metrics[0],
    ];
    const { ways, shots, queries, seed } = learned;
    expect(frozen).toMatchObject({ ways, shots, queries, seed });
    const interval = learned.interval95 + frozen.interval95;
    expect(learned.value).toBeGreaterThan(frozen.value + interval);
  });

  it.each(['learned', 'inside'])('adapts and answers over HTTP: %s', async (name) => {
    // Guessing would be right in a quarter of the cases.
    expect(await servedAccuracy(name)).toBeGreaterThan(0.5);
  });

  it('writes the encoder that it trained, whose features then tell more', async () => {
    expect(runs.whole?.stdout).toContain(`Encoder whole is in ${join(encoders, 'whole')}`);
    const options = ['--data', data, '--out', out, '--algorithm', 'cosine', '--iterations', '1'];
    const over = await innerloop(['train', '--encoder', 'whole', '--name', 'over-whole', ...options]);
    expect(over.code, over.stderr).toBe(0);
    const [frozen, trained] = [await manifestOf('frozen'), await manifestOf('over-whole')];
    expect(trained.input.shape).toEqual(frozen.input.shape);
    expect(trained.metrics[0].value).toBeGreaterThan(frozen.metrics[0].value);
  });

  it('makes the same package again from its recipe', async () => {
    const { digest } = await manifestOf('inside');
    const again = await innerloop(['train', join(out, 'inside', 'recipe.json')]);
    expect(again.code).toBe(0);
    expect((await manifestOf('inside')).digest).toBe(digest);
  });

  it.each([
    ['--trainable last:4', 'last:1 to last:3, or the name of a weight such as conv1.weight'],
    ['--trainable conv', 'last:1 to last:3'],
    ['--trainable last:1 --algorithm mann', '--algorithm'],
  ])('refuses %s', async (options, told) => {
    const refused = await train('refused', ...options.split(' '));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(told);
  });

  it('refuses a recipe for another encoder of the same name', async () => {
    const path = join(out, 'learned', 'recipe.json');
    const text = await readFile(path, 'utf8');
    const { digest } = JSON.parse(text).network;
    await writeFile(path, text.replace(digest, `sha256:${'0'.repeat(64)}`));
    const refused = await innerloop(['train', path]);
    await writeFile(path, text);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(`got ${digest}`);
  });
});
