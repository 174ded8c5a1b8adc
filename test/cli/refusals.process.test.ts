import { chmod, cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesOfArchive } from '../../src/training/datasets/zip.ts';
import { drawClasses, signs } from '../support/files/draw-classes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { tinyOmniglot } from '../training/datasets/tiny-omniglot.ts';
import { innerloop } from './innerloop.ts';

const models = join(import.meta.dirname, '../../models');
const recipeOf = async (name: string) =>
  JSON.parse(await readFile(join(models, name, 'recipe.json'), 'utf8'));

/** Makes a folder that contains this recipe. */
async function folderWith(recipe: object, folder?: string): Promise<string> {
  const directory = folder ?? (await scratchFolder());
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'recipe.json'), JSON.stringify(recipe));
  return directory;
}

/** Runs a command that must fail. Returns its exit code and message, which must not contain a stack trace. */
async function refusal(...args: readonly string[]) {
  const { code, stdout, stderr } = await innerloop(args);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/\n\s+at /);
  const message = stderr.slice(stderr.indexOf('innerloop: '));
  return { code, message };
}

const cacheHome = process.env.XDG_CACHE_HOME;
beforeEach(async () => {
  process.env.XDG_CACHE_HOME = await scratchFolder();
});
afterEach(() => {
  process.env.XDG_CACHE_HOME = cacheHome ?? '';
});

describe('paths', () => {
  it('names the recipe that is missing, for a file and for a folder', async () => {
    const empty = await scratchFolder();
    await mkdir(empty, { recursive: true });
    for (const path of [empty, join(empty, 'recipe.json'), join(empty, 'no', 'recipe.json')]) {
      const file = path.endsWith('.json') ? path : join(path, 'recipe.json');
      expect(await refusal('train', path)).toEqual({
        code: 1,
        message: `innerloop: Expected a recipe at ${file}: no such file or directory\n`,
      });
    }
  });

  it('accepts the folder of a recipe, and refuses a recipe with another name in the same folder', async () => {
    const folder = await folderWith({ ...(await recipeOf('sinusoid-maml')), version: '1' });
    expect((await refusal('train', folder)).message).toContain(`${join(folder, 'recipe.json')}: /version`);
    await cp(join(folder, 'recipe.json'), join(folder, 'other.json'));
    const { code, message } = await refusal('train', join(folder, 'other.json'));
    expect([code, message]).toEqual([2, expect.stringContaining('Expected a file named recipe.json')]);
  });

  it('does not replace the package of another recipe', async () => {
    const folder = join(await scratchFolder(), 'waves');
    await cp(join(models, 'sinusoid-maml'), folder, { recursive: true });
    await folderWith({ ...(await recipeOf('sinusoid-maml')), name: 'other-waves' }, folder);
    const before = await readFile(join(folder, 'model.json'));
    const { code, message } = await refusal('train', folder);
    expect(code).toBe(1);
    expect(message).toContain(
      `Expected no package or package other-waves in ${folder}, got package sinusoid-maml`,
    );
    expect(await readFile(join(folder, 'model.json'))).toEqual(before);
  });

  it.each([
    ['text', 'notes.txt', 'no image, only files of other types: .txt'],
    ['pictures of other types', 'photo.HEIC', 'no image, only files of other types: .HEIC'],
    ['nothing', '.hidden', 'no image'],
  ])('says that a folder contains %s instead of images', async (_what, file, got) => {
    const data = await scratchFolder();
    await mkdir(join(data, 'cat'));
    await writeFile(join(data, 'cat', file), 'x');
    const { code, message } = await refusal('train', '--data', data);
    expect([code, message]).toEqual([1, expect.stringContaining(`at ${data}, got ${got}\n`)]);
  });

  it('says that folders with the same name in different places are different classes', async () => {
    const [data, out] = [await scratchFolder(), await scratchFolder()];
    const classes = Object.keys(signs(6, 1)).flatMap((name) => [`train/${name}`, `test/${name}`]);
    await drawClasses(data, Object.fromEntries(classes.map((name) => [name, 7])));
    const interrupt = new AbortController();
    const { stderr } = await innerloop(
      ['train', '--data', data, '--out', out, '--size', '8', '--iterations', '1'],
      interrupt.signal,
      {},
      (text) => text.startsWith('The recipe is') && interrupt.abort(),
    );
    expect(stderr).toContain('such as test/sign00 and train/sign00');
  });

  it('names the package that is missing', async () => {
    const { code, message } = await refusal('evaluate', '/nowhere/package');
    expect(code).toBe(1);
    expect(message).toContain(
      'Package package: model.json: expected a file that can be read, got: no such file',
    );
  });

  it('names a cache folder that cannot be written, before it decodes', async () => {
    const file = join(await scratchFolder(), 'file');
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, '');
    process.env.XDG_CACHE_HOME = file;
    const [data, out] = [await scratchFolder(), await scratchFolder()];
    await drawClasses(data, signs(9, 8));
    const { code, message } = await refusal('train', '--data', data, '--out', out);
    expect(code).toBe(1);
    expect(message).toMatch(
      /^innerloop: Cannot cache decoded pictures in .*file\/innerloop: not a directory \(.*\)\n$/,
    );
  });

  it('names an output folder that cannot be created', async () => {
    const file = join(await scratchFolder(), 'file');
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, '');
    const data = await scratchFolder();
    await drawClasses(data, signs(9, 8));
    const { code, message } = await refusal('train', '--data', data, '--out', file, '--name', 'signs');
    expect(code).toBe(2);
    expect(message).toContain(`at ${join(file, 'signs')}, got not a directory`);
  });

  it.skipIf(process.getuid?.() === 0)('names an image and a folder that may not be read', async () => {
    const data = await scratchFolder();
    await drawClasses(data, signs(9, 8));
    await chmod(join(data, 'sign01', '0.png'), 0);
    const { message } = await refusal('train', '--data', data, '--out', await scratchFolder());
    expect(message).toMatch(/sign01\/0\.png: permission denied/);
  });
});

describe('evaluate', () => {
  const sinusoid = join(models, 'sinusoid-maml');

  it('refuses --ways for regression, a single episode, and a split that does not exist', async () => {
    for (const [option, value, message] of [
      ['--ways', '5', 'Expected no --ways, since sinusoid-maml is for regression'],
      ['--episodes', '1', 'Expected --episodes to be one whole number from 2, got "1"'],
      ['--split', 'dev', 'Expected one of: train, val, test'],
    ] as const) {
      const refused = await refusal('evaluate', sinusoid, option, value);
      expect([refused.code, refused.message]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it('checks episodes against the split before it decodes', async () => {
    const path = await tinyOmniglot();
    await writeFile(join(path, 'splits', 'val.txt'), 'Mayan/character02\n');
    const given = ['evaluate', join(models, 'omniglot-protonets'), '--dataset', path];
    const { code, message } = await refusal(...given, '--ways', '5', '--queries', '30');
    expect(code).toBe(2);
    expect(message).toContain('Expected queries to be at most 20 shots and queries together');
    expect((await refusal(...given, '--ways', '5', '--queries', '3')).message).toContain(
      'Expected ways to be at most 4, the classes of split test, got 5',
    );
    expect(await readdir(process.env.XDG_CACHE_HOME ?? '')).toEqual([]);
  });
});

describe('archives', () => {
  const damage: readonly [string, (path: string) => Promise<unknown>, RegExp][] = [
    [
      'text',
      (path) => writeFile(path, 'hello, I am no archive at all'),
      /Expected a zip archive at .*background\.zip: /,
    ],
    ['cut short', (path) => truncate(path, 500), /Expected a zip archive at .*background\.zip: /],
    ['empty', (path) => truncate(path, 0), /Expected a zip archive at .*background\.zip: /],
  ];
  it.each(damage)('that are %s are refused with their name and the reason', async (_what, spoil, message) => {
    const path = await tinyOmniglot();
    await spoil(join(path, 'images_background.zip'));
    const recipe = await recipeOf('omniglot-protonets');
    const folder = await folderWith({ ...recipe, dataset: { name: 'omniglot', path } });
    const refused = await refusal('train', folder);
    expect(refused.code).toBe(1);
    expect(refused.message).toMatch(message);
    expect(refused.message.trimEnd().split('\n')).toHaveLength(1);
  });

  it('that are missing are refused with their name and folder', async () => {
    const recipe = await recipeOf('omniglot-protonets');
    const messageFor = async (path: string) =>
      (await refusal('train', await folderWith({ ...recipe, dataset: { name: 'omniglot', path } }))).message;
    expect(await messageFor('/nowhere')).toBe(
      'innerloop: Expected a folder with Omniglot at /nowhere: no such file or directory (use --dataset for another folder)\n',
    );
    const empty = await scratchFolder();
    expect(await messageFor(empty)).toBe(
      `innerloop: Expected a zip archive at ${empty}/images_background.zip: no such file or directory\n`,
    );
  });

  it('with damaged files are refused with the names of file and archive', async () => {
    const path = join(await tinyOmniglot(), 'images_background.zip');
    const bytes = await readFile(path);
    bytes.write('XX', 0, 'latin1');
    await writeFile(path, bytes);
    const [first] = await filesOfArchive(path);
    await expect(first?.read()).rejects.toMatchObject({
      code: 'invalid_image',
      message: expect.stringMatching(/cannot be unpacked from .*images_background\.zip: /),
    });
  });
});

describe('a recipe and its data', () => {
  it('are checked together before any picture is decoded: each split that is too small is named', async () => {
    const data = await scratchFolder();
    await drawClasses(data, signs(9, 8));
    const made = await scratchFolder();
    const recipe = {
      ...(await recipeOf('omniglot-protonets')),
      name: 'signs',
      dataset: {
        name: 'images',
        path: data,
        size: 28,
        channels: 1,
        invert: true,
        minImages: 6,
        split: { seed: 1, val: 3, test: 3 },
      },
    };
    const { code, message } = await refusal('train', await folderWith(recipe, join(made, 'signs')));
    expect(code).toBe(1);
    expect(message).toMatch(/recipe\.json has \d+ problems:\n/);
    for (const pointer of ['/training/', '/validation/', '/evaluations/0/'])
      expect(message).toContain(`\n  ${pointer}`);
    expect(await readdir(process.env.XDG_CACHE_HOME ?? '')).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'that is missing',
      { warmStart: 'nothing@1.0.0' },
      '/training/warmStart: expected package nothing@1.0.0 in ',
    ],
    ['of another version', { warmStart: 'sinusoid-maml@9.9.9' }, ', got sinusoid-maml@'],
    [
      'without a weight of the same name and shape',
      { warmStart: 'omniglot-protonets@' },
      '/training/warmStart: expected a package with weights of the same names and shapes, got none in omniglot-protonets@',
    ],
  ])('refuse a warm start from a package %s', async (_what, change, expected) => {
    const root = await scratchFolder();
    for (const name of ['sinusoid-maml', 'omniglot-protonets'])
      await cp(join(models, name), join(root, name), { recursive: true });
    const recipe = await recipeOf('sinusoid-maml');
    const { version } = await recipeOf('omniglot-protonets');
    const training = { ...recipe.training, ...change };
    if (training.warmStart.endsWith('@')) training.warmStart += version;
    const folder = await folderWith({ ...recipe, name: 'waves', training }, join(root, 'waves'));
    const { code, message } = await refusal('train', folder);
    expect(code).toBe(1);
    expect(message).toContain(expected);
  });

  it('refuse a network whose package would be too large to read, before training', async () => {
    const recipe = await recipeOf('sinusoid-maml');
    const network = { name: 'mlp', sizes: [1, 4200, 4200, 1] };
    const folder = await folderWith({ ...recipe, network });
    const { code, message } = await refusal('train', folder);
    expect(code).toBe(1);
    expect(message).toMatch(/init\.onnx: expected at most 67108864 bytes, got \d+\n$/);
    expect(await readdir(folder)).toEqual(['recipe.json']);
  });
});

describe('an interrupt during the decoding of pictures', () => {
  const many = signs(9, 60);

  it('stops the command before the next files are read, and leaves nothing behind', async () => {
    const [data, out] = [await scratchFolder(), await scratchFolder()];
    await drawClasses(data, many);
    const interrupt = new AbortController();
    const onStderr = (text: string) => {
      if (text.startsWith('decoding pictures')) interrupt.abort();
    };
    const { code, stderr } = await innerloop(
      ['train', '--data', data, '--out', out],
      interrupt.signal,
      {},
      onStderr,
    );
    expect(code).toBe(130);
    expect(stderr).toMatch(/^decoding pictures {2}0\/540 .*\ninnerloop: interrupted\n$/);
    expect(await readdir(out)).toEqual([]);
    expect(await readdir(join(process.env.XDG_CACHE_HOME ?? '', 'innerloop'))).toEqual([]);
  });
});
