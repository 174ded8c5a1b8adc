import { mkdtempSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallExport } from '../../support/encoders/small-export.ts';
import { drawHues, HUES } from '../../support/files/hues.ts';
import { innerloop } from '../innerloop.ts';

const root = mkdtempSync(join(tmpdir(), 'innerloop-objectives-'));
const [data, out, encoders] = [join(root, 'hues'), join(root, 'packages'), join(root, 'encoders')];
const unlabelled = join(root, 'more');
const before = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME, ENCODERS_DIR: process.env.ENCODERS_DIR };

const inData = (name: string) => ['--data', data, '--out', out, '--name', name];
const whole = (name: string, ...options: readonly string[]) =>
  innerloop(['train', '--encoder', 'small', '--unfreeze', 'all', ...inData(name), ...options]);
/** Cosine prototypes over an encoder as it is: what its features tell. */
const over = (encoder: string) =>
  innerloop([
    ...['train', '--encoder', encoder, ...inData(`over-${encoder}`)],
    ...['--algorithm', 'cosine', '--iterations', '1'],
  ]);

const runs: Record<string, Awaited<ReturnType<typeof innerloop>>> = {};
beforeAll(async () => {
  process.env.XDG_CACHE_HOME = join(root, 'cache');
  process.env.ENCODERS_DIR = encoders;
  const model = join(root, 'small.onnx');
  await writeFile(model, smallExport());
  await drawHues(data, 12);
  for (const hue of HUES.slice(0, 4)) await cp(join(data, hue), join(unlabelled, hue), { recursive: true });
  runs.import = await innerloop([
    ...['import', model, '--name', 'small', '--input', 'image', '--out', encoders],
    ...['--mean', '0.5,0.5,0.5', '--std', '0.5,0.5,0.5', '--fit', 'fill'],
  ]);
  runs.supervised = await whole('supervised', '--objective', 'supervised', '--iterations', '80');
  runs.distilled = await whole(
    ...(['distilled', '--objective', 'distillation', '--teacher', 'supervised'] as const),
    ...['--unlabelled', unlabelled, '--iterations', '80'],
  );
  for (const encoder of ['small', 'supervised', 'distilled']) runs[`over ${encoder}`] = await over(encoder);
}, 300_000);
afterAll(async () => {
  Object.assign(
    process.env,
    Object.fromEntries(Object.entries(before).map(([name, value]) => [name, value ?? ''])),
  );
  await rm(root, { recursive: true, force: true });
});

const json = async (...path: readonly string[]) => JSON.parse(await readFile(join(out, ...path), 'utf8'));
const accuracyOver = async (encoder: string) => (await json(`over-${encoder}`, 'model.json')).metrics[0];

describe('innerloop train --unfreeze all --objective', { timeout: 300_000 }, () => {
  it('trains, validates before the first iteration, and writes package and encoder', async () => {
    for (const [name, { code, stderr }] of Object.entries(runs)) expect(code, `${name}: ${stderr}`).toBe(0);
    for (const name of ['supervised', 'distilled']) {
      expect(runs[name]?.stdout).toContain(`Encoder ${name} is in ${join(encoders, name)}`);
      expect(runs[name]?.stderr).toMatch(/validation \d+\.\d %/);
    }
    expect(runs.supervised?.stderr).toMatch(/loss \d\.\d+ · accuracy \d+\.\d %/);
    expect(runs.distilled?.stderr).not.toContain('accuracy');
  });

  it.each(['supervised', 'distilled'])(
    'makes features that tell classes apart which were not in training: %s',
    async (name) => {
      const [untrained, trained] = [await accuracyOver('small'), await accuracyOver(name)];
      const { ways, shots, queries, seed } = untrained;
      expect(trained).toMatchObject({ ways, shots, queries, seed });
      expect(trained.value).toBeGreaterThan(untrained.value + trained.interval95 + untrained.interval95);
    },
  );

  it('says in recipe and card what was learned', async () => {
    const { training } = await json('distilled', 'recipe.json');
    const { digest } = JSON.parse(await readFile(join(encoders, 'supervised', 'encoder.json'), 'utf8'));
    expect(training).toMatchObject({
      objective: 'distillation',
      examples: 64,
      teacher: { name: 'supervised', digest },
      unlabelled: [unlabelled],
    });
    const card = await readFile(join(out, 'supervised', 'README.md'), 'utf8');
    expect(card).toContain('supervised: a cosine classifier learnt all classes of the training');
    expect(card).toContain('80 iterations of 64 examples');
  });

  it('keeps nothing of the classifier in the package', async () => {
    const files = await readdir(join(out, 'supervised'));
    for (const file of files.filter((each) => each.endsWith('.onnx')))
      expect((await readFile(join(out, 'supervised', file))).includes('classifier')).toBe(false);
  });

  it.each(['supervised', 'distilled'])('stopped and resumed, ends in the same bits: %s', async (name) => {
    const folder = join(root, 'again', name);
    await cp(join(out, name, 'recipe.json'), join(folder, 'recipe.json'));
    const stop = new AbortController();
    const onStderr = (text: string) => {
      if (text.includes('1/80')) stop.abort();
    };
    const stopped = await innerloop(['train', folder], stop.signal, {}, onStderr);
    expect(stopped.stderr).toMatch(/Stopped after iteration \d+; to continue, use --resume/);
    const resumed = await innerloop(['train', folder, '--resume', '--json']);
    expect(resumed.code, resumed.stderr).toBe(0);
    const read = async (at: string) => JSON.parse(await readFile(join(at, 'model.json'), 'utf8')).digest;
    expect(await read(folder)).toBe(await read(join(out, name)));
    expect(JSON.parse(resumed.stdout)).toMatchObject({ encoder: { name } });
  });

  it.each([
    ['--objective distillation', 'Expected --teacher with --objective distillation'],
    ['--teacher supervised', 'Expected --objective distillation with --teacher, got episodic'],
    [
      '--objective supervised --unlabelled x',
      'Expected --objective distillation with --unlabelled, got supervised',
    ],
    [
      '--objective distillation --teacher small',
      'Expected --teacher to differ from --encoder, got small for both',
    ],
    ['--objective distillation --teacher none', 'none'],
    [
      '--objective supervised --algorithm maml',
      'Expected --algorithm with --objective supervised to be cosine, protonets, got maml',
    ],
    ['--objective contrastive', 'episodic'],
  ])('refuses %s, and writes nothing', async (options, told) => {
    const refused = await whole('refused', ...options.split(' '));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(told);
    await expect(readdir(join(out, 'refused'))).rejects.toThrow('ENOENT');
  });

  it('refuses an objective without the blocks that it trains', async () => {
    const refused = await innerloop([
      'train',
      '--encoder',
      'small',
      ...inData('refused'),
      '--objective',
      'supervised',
    ]);
    expect(refused.stderr).toContain('Expected --unfreeze or --trainable with --objective');
  });

  it('is measured on data of fewer than five classes in episodes of all of them', async () => {
    const options = ['--data', unlabelled, '--queries', '5', '--episodes', '10', '--json'];
    const { code, stdout, stderr } = await innerloop(['evaluate', join(out, 'supervised'), ...options]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Note: ${unlabelled} has 4 classes, so episodes are 4-way instead of 5-way`);
    expect(stderr).toContain('4-way episodes of 4 classes have mostly the same classes');
    expect(JSON.parse(stdout)).toMatchObject([{ ways: 4, split: 'all' }]);
  });
});
