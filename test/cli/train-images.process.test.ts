import { mkdtempSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitClasses } from '../../src/training/datasets/split-classes.ts';
import { readRecipe } from '../../src/training/recipe/read-recipe.ts';
import type { Recipe } from '../../src/training/recipe/recipe.ts';
import { dataUrl } from '../http/support/bodies.ts';
import { startApp } from '../http/support/start-app.ts';
import { drawClasses, drawPicture, signs } from '../support/files/draw-classes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { innerloop } from './innerloop.ts';

const root = mkdtempSync(join(tmpdir(), 'innerloop-own-'));
const [data, out] = [join(root, 'Own Signs'), join(root, 'packages')];
const directory = join(out, 'own-signs');
const CLASSES = 18;
/** Small, so that the test is quick. */
const sized = ['--size', '16', '--ways', '3'];
const cacheHome = process.env.XDG_CACHE_HOME;
let trained: Awaited<ReturnType<typeof innerloop>>;
let recipe: Recipe;

beforeAll(async () => {
  process.env.XDG_CACHE_HOME = join(root, 'cache');
  await drawClasses(data, { ...signs(CLASSES, 12), scarce: 3 });
  await writeFile(join(data, 'sign00', 'notes.txt'), 'not an image');
  await writeFile(join(data, 'sign00', '.DS_Store'), '');
  trained = await innerloop(['train', '--data', data, '--out', out, ...sized, '--iterations', '40']);
  recipe = await readRecipe(join(directory, 'recipe.json'));
}, 300_000);

const started = startApp({ environment: { MODELS_DIR: out } });

afterAll(async () => {
  process.env.XDG_CACHE_HOME = cacheHome ?? '';
  await rm(root, { recursive: true, force: true });
});

describe('innerloop train --data', { timeout: 300_000 }, () => {
  it('makes a package and prints which parts of the folder it used', () => {
    expect(trained).toMatchObject({ code: 0, stdout: `own-signs 1.0.0 is in ${directory}\n` });
    expect(trained.stderr).toContain(
      '18 classes of 216 images: grey, 16×16, drawings in any ink; 3 classes held out to validate and 4 to test, by seed 1\n',
    );
    const left = 'Left out 1 of 19 classes: fewer than 6 images\n';
    expect(trained.stderr.split(left)).toHaveLength(2);
  });

  it('writes a recipe of the folder, and a manifest that decodes pictures as the recipe does', async () => {
    expect(recipe.dataset).toEqual({
      name: 'images',
      path: data,
      size: 16,
      channels: 1,
      invert: true,
      ink: 'normalise',
      minImages: 6,
      split: { seed: 1, val: 3, test: 4 },
    });
    const manifest = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8'));
    expect(manifest.input).toEqual({
      shape: [1, 16, 16],
      preprocessing: {
        kind: 'image',
        width: 16,
        height: 16,
        channels: 1,
        invert: true,
        resize: 'lanczos3',
        ink: 'normalise',
      },
    });
  });

  it('writes a model card with names and numbers, but without paths of this machine', async () => {
    const card = await readFile(join(directory, 'README.md'), 'utf8');
    expect(card).toContain(
      'Own images: 216 images of 18 classes, one folder per class in `Own Signs`, those with fewer than 6 images left out (1).',
    );
    expect(card).toContain('Split by seed 1 into 11 classes to train on, 3 to validate and 4 to test');
    expect(card).toContain('| Own Signs, test | 3-way 1-shot | 0 |');
    expect(card).toContain('classes held out from training, chosen by a seed; non-transductive');
    expect(card).toContain('rotation up to 10°');
    expect(card).not.toContain(root);
  });

  it('is measured with the same result by evaluate, with and without the options on the card', async () => {
    const { metrics } = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8'));
    expect(metrics).toHaveLength(2);
    const preset = await innerloop(['evaluate', directory, '--json']);
    expect(JSON.parse(preset.stdout)).toEqual([metrics[0]]);
    const [, options] = metrics[1].command.split('models/own-signs ');
    const asked = await innerloop(['evaluate', directory, ...options.split(' '), '--json']);
    expect(JSON.parse(asked.stdout)).toEqual([metrics[1]]);
  });

  it('can be served: over HTTP, it distinguishes held-out classes from three pictures of each', async () => {
    if (recipe.dataset.name !== 'images') throw new Error('The recipe is of images');
    const names = Object.keys(signs(CLASSES, 12)).map((name) => ({ name }));
    const held = splitClasses(names, recipe.dataset.split).test.map(({ name }) => name);
    const { app } = started;
    const models = (await app.inject('/models')).json();
    expect(models.data.map(({ name }: { name: string }) => name)).toEqual(['own-signs']);
    const picture = async (name: string, i: number) => dataUrl(await drawPicture(name, i));
    const support = await Promise.all(
      held.flatMap((label) => [0, 1, 2].map(async (i) => ({ label, input: await picture(label, i) }))),
    );
    const adapted = await app.inject({
      method: 'POST',
      url: '/tasks/held-out/adapt',
      headers: { prefer: 'wait=60' },
      payload: { model: 'own-signs', support },
    });
    expect(adapted.json()).toMatchObject({ status: 'succeeded' });
    const asked = held.flatMap((label) => [3, 4, 5, 6, 7, 8].map((i) => [label, i] as const));
    const answer = await app.inject({
      method: 'POST',
      url: '/tasks/held-out/predict',
      payload: { inputs: await Promise.all(asked.map(([label, i]) => picture(label, i))) },
    });
    const predictions: readonly { label: string }[] = answer.json().predictions;
    const right = predictions.filter(({ label }, i) => label === asked[i]?.[0]).length;
    // Guessing would be right in a quarter of the cases.
    expect(right / asked.length).toBeGreaterThan(0.7);
  });

  it('continues training from the recipe that it wrote', async () => {
    const digest = async () => JSON.parse(await readFile(join(directory, 'model.json'), 'utf8')).digest;
    const before = await digest();
    const resumed = await innerloop(['train', join(directory, 'recipe.json'), '--resume']);
    expect(resumed.code).toBe(0);
    expect(await digest()).toBe(before);
  });

  it.each<[string, (folder: string) => Promise<unknown>, string]>([
    [
      'lost a class',
      (folder) => rm(join(folder, 'sign03'), { recursive: true }),
      '/training/ways: expected at most 10, the classes of split train',
    ],
    [
      'another class in the place of one',
      (folder) => rename(join(folder, 'sign03'), join(folder, 'other')),
      'a checkpoint of a recipe with other training settings or classes',
    ],
  ])(
    'does not continue over a folder that has %s, because the split has changed',
    async (_what, change, message) => {
      const changed = join(await scratchFolder(), 'changed');
      await cp(data, changed, { recursive: true });
      await change(changed);
      const file = join(directory, 'recipe.json');
      const resumed = await innerloop(['train', file, '--resume', '--dataset', changed]);
      expect(resumed.code).toBe(1);
      expect(resumed.stderr).toContain(message);
    },
  );
});

describe('innerloop evaluate of such a package', { timeout: 60_000 }, () => {
  const quick = ['--episodes', '2', '--queries', '1'];
  /** A copy of the package whose recipe and record can be changed. */
  async function copyOf(change: (recipe: ImagesPackageRecipe) => object): Promise<string> {
    const copy = join(await scratchFolder(), 'own-signs');
    await cp(directory, copy, { recursive: true });
    await writeFile(join(copy, 'recipe.json'), JSON.stringify(change(recipe as ImagesPackageRecipe)));
    return copy;
  }

  it('measures on all classes of another data set', async () => {
    const other = join(await scratchFolder(), 'other-signs');
    await drawClasses(other, signs(4, 5));
    const { code, stdout, stderr } = await innerloop([
      'evaluate',
      directory,
      '--data',
      other,
      ...quick,
      '--ways',
      '3',
    ]);
    expect([code, stderr.includes('innerloop:')]).toEqual([0, false]);
    expect(stdout).toMatch(
      /^own-signs 1\.0\.0 on other-signs, split all: .*\nways .*\n3 +1 +1 +0 +2 +1 +\d+\.\d\d % ±/,
    );
  });

  it.each<[string, (recipe: ImagesPackageRecipe) => object, readonly string[]]>([
    [
      'another polarity',
      ({ dataset, ...rest }) => ({ ...rest, dataset: { ...dataset, invert: false } }),
      [
        '/dataset: expected a dataset with the preprocessing of model.json',
        '/dataset/invert: expected true, as when',
      ],
    ],
    [
      'another split',
      ({ dataset, ...rest }) => ({ ...rest, dataset: { ...dataset, split: { seed: 2, val: 3, test: 4 } } }),
      [
        '/dataset/split: expected {"seed":1,"val":3,"test":4}, as when the package was trained, got {"seed":2',
      ],
    ],
    [
      'another limit on small classes',
      ({ dataset, ...rest }) => ({ ...rest, dataset: { ...dataset, minImages: 7 } }),
      ['/dataset/minImages: expected 6, as when the package was trained, got 7'],
    ],
    [
      'the name of another package',
      (rest) => ({ ...rest, name: 'other-signs' }),
      ['/name: expected "own-signs", the name in its model.json, got "other-signs"'],
    ],
  ])('refuses a recipe that has been changed to %s', async (_what, change, messages) => {
    const { code, stdout, stderr } = await innerloop(['evaluate', await copyOf(change), ...quick]);
    expect([code, stdout]).toEqual([1, '']);
    for (const message of messages) expect(stderr).toContain(message);
  });

  it('refuses an edited polarity of a package without a record, by its manifest', async () => {
    const copy = await copyOf(({ dataset, ...rest }) => ({
      ...rest,
      dataset: { ...dataset, invert: false },
    }));
    await rm(join(copy, 'training-data.json'));
    const { code, stderr } = await innerloop(['evaluate', copy, ...quick]);
    expect(code).toBe(1);
    expect(stderr).toContain('/dataset: expected a dataset with the preprocessing of model.json');
  });

  it('refuses classes that it was trained on, and reports new classes', async () => {
    const names = Object.keys(signs(CLASSES, 12)).map((name) => ({ name }));
    if (recipe.dataset.name !== 'images') throw new Error('The recipe is of images');
    const splits = splitClasses(names, recipe.dataset.split);
    const moved = join(await scratchFolder(), 'moved');
    await cp(data, moved, { recursive: true });
    // The number of classes stays the same: a held-out class and a trained class exchange their names.
    const [held, seen] = [splits.test[0]?.name ?? '', splits.train[0]?.name ?? ''];
    const replaced = join(await scratchFolder(), 'replaced');
    await cp(data, replaced, { recursive: true });
    await rename(join(replaced, held), join(replaced, newNameIn('test', held, splits)));
    const noted = await innerloop(['evaluate', directory, '--dataset', replaced, ...quick]);
    expect(noted.stderr).toContain(
      'Split test has changed since training: 1 classes are new and 1 are missing',
    );
    expect(noted.code).toBe(0);

    // Classes of the test split go, so those next in order, which were trained on or validated with, take their place.
    for (const { name } of [...splits.test, ...splits.val]) await rm(join(moved, name), { recursive: true });
    for (let i = 0; i < 7; i++) await drawClasses(moved, { [newNameIn('train', held, splits, i)]: 12 });
    const refused = await innerloop(['evaluate', directory, '--dataset', moved, ...quick]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/got \d+ classes that it was trained on: .*The classes have changed/);
    expect(refused.stdout).toBe('');
    expect(seen).not.toBe('');
  });
});

type ImagesPackageRecipe = Recipe & { readonly dataset: { readonly name: 'images' } };

/** Finds a class name that the seed puts in the wanted split, if it is added to the classes of `splits` without `gone`. */
function newNameIn(
  wanted: 'train' | 'test',
  gone: string,
  splits: Readonly<Record<'train' | 'val' | 'test', readonly { readonly name: string }[]>>,
  skip = 0,
): string {
  const rest = Object.values(splits)
    .flat()
    .filter(({ name }) => name !== gone);
  const found = Array.from({ length: 1000 }, (_, i) => `new${i}`).filter((name) => {
    const { test, train } = splitClasses([...rest, { name }], { seed: 1, val: 3, test: 4 });
    return (wanted === 'test' ? test : train).some((each) => each.name === name);
  })[skip];
  if (found === undefined) throw new Error('Expected a name for the split');
  return found;
}

describe('innerloop train --data with wrong options', { timeout: 60_000 }, () => {
  it.each([
    ['another recipe under the same name', ['--shots', '2'], 'another recipe (its dataset'],
    ['ways that the classes do not allow', ['--ways', '7'], 'at least 21 classes of 6 images or more'],
    ['more shots than any class has', ['--shots', '8'], 'the largest has 12'],
    ['a name that no package can have', ['--name', 'Own Signs'], 'got "Own Signs"'],
    ['a size of no use', ['--size', '1024'], 'from 8 to 256, got "1024"'],
    ['an unknown algorithm', ['--algorithm', 'magic'], 'protonets'],
    ['a recipe as well', [join(directory, 'recipe.json')], 'Expected RECIPE or --data'],
    ['two folders', ['--dataset', 'elsewhere'], 'Expected no --dataset'],
  ])('refuses %s and leaves the package as it is', async (_what, options, message) => {
    const before = await readFile(join(directory, 'model.json'));
    const { code, stdout, stderr } = await innerloop([
      'train',
      ...options,
      '--data',
      data,
      '--out',
      out,
      ...(options.includes('--size') || options.includes('--ways') ? [] : sized),
    ]);
    expect([code === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain(message);
    expect(await readFile(join(directory, 'model.json'))).toEqual(before);
  });

  it('refuses a recipe whose network takes other picture sizes than its data set gives', async () => {
    const folder = await scratchFolder();
    const network = { ...recipe.network, inputShape: [3, 16, 16] };
    await writeFile(join(folder, 'recipe.json'), JSON.stringify({ ...recipe, network }));
    const { code, stderr } = await innerloop(['train', join(folder, 'recipe.json')]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      '/network/inputShape: expected an input of [1, 16, 16], which dataset images gives, got [3,16,16]\n',
    );
  });

  it('refuses options of --data together with a recipe, and a command without --data and recipe', async () => {
    const { code, stderr } = await innerloop(['train', join(directory, 'recipe.json'), '--ways', '3']);
    expect([code, stderr]).toEqual([2, 'innerloop: Expected no --ways with RECIPE: it needs --data\n']);
  });

  it.each<[string, (folder: string) => Promise<unknown>, string]>([
    [
      'a folder that is not there',
      (folder) => rm(folder, { recursive: true }),
      'Expected a folder of images at',
    ],
    ['an empty folder', async () => {}, 'got no image'],
    [
      'images in no class',
      (folder) => cp(join(data, 'sign00'), folder, { recursive: true }),
      '12 images that are in no class folder',
    ],
    [
      'one class',
      (folder) => drawClasses(folder, signs(1, 12)),
      'Expected at least 6 classes of 6 images or more (2 classes each to train, validate and test; per class 1 images to learn from and 5 to predict); got 1 of 1 classes',
    ],
    [
      'too few images of each',
      (folder) => drawClasses(folder, signs(9, 4)),
      'got 0 of 9 classes with so many images; the largest has 4',
    ],
    [
      'a text file called .png',
      async (folder) => {
        await drawClasses(folder, signs(6, 6));
        await writeFile(join(folder, 'sign03', 'readme.png'), 'hello');
      },
      'sign03/readme.png: Expected a PNG, JPEG or WebP file, got 5 bytes',
    ],
  ])('refuses %s, and writes nothing', async (_what, prepare, message) => {
    const folder = await scratchFolder();
    const packages = await scratchFolder();
    await mkdir(folder, { recursive: true });
    await prepare(folder);
    const { code, stderr } = await innerloop(['train', '--data', folder, '--out', packages]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(await readdir(packages)).toEqual([]);
  });
});
