import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawClasses, signs } from '../support/files/draw-classes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { tinyOmniglot } from '../training/datasets/tiny-omniglot.ts';
import { innerloop } from './innerloop.ts';
import { cacheApart, folderWith, models, recipeOf, refusal } from './refusal.ts';

cacheApart();

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
      'Package package: model.json: expected a file that can be read, got no such file',
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
      ['--split', 'dev', 'Expected --split to be one of train, val, test'],
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
