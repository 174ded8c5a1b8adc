import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesOfArchive } from '../../src/training/datasets/zip.ts';
import { drawClasses, signs } from '../support/files/draw-classes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { tinyOmniglot } from '../training/datasets/tiny-omniglot.ts';
import { innerloop } from './innerloop.ts';
import { cacheApart, folderWith, models, recipeOf, refusal } from './refusal.ts';

cacheApart();

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
      if (text.startsWith('reading examples')) interrupt.abort();
    };
    const { code, stderr } = await innerloop(
      ['train', '--data', data, '--out', out],
      interrupt.signal,
      {},
      onStderr,
    );
    expect(code).toBe(130);
    expect(stderr).toMatch(/^reading examples {2}0\/540 .*\ninnerloop: interrupted\n$/);
    expect(await readdir(out)).toEqual([]);
    expect(await readdir(join(process.env.XDG_CACHE_HOME ?? '', 'innerloop'))).toEqual([]);
  });
});
