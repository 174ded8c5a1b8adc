import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitClasses } from '../../../src/training/datasets/split-classes.ts';
import type { Recipe } from '../../../src/training/recipe/recipe.ts';
import { dataUrl } from '../../http/support/bodies.ts';
import { startApp } from '../../http/support/start-app.ts';
import { drawClasses, drawPicture, signs } from '../../support/files/draw-classes.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { innerloop } from '../innerloop.ts';
import { CLASSES, ownSigns, sized } from './own-signs.ts';

const { root, data, out, directory, train } = ownSigns();
let trained: Awaited<ReturnType<typeof innerloop>>;
let recipe: Recipe;

beforeAll(async () => {
  ({ trained, recipe } = await train());
}, 300_000);

const started = startApp({ environment: { MODELS_DIR: out } });

describe('innerloop train --data', { timeout: 300_000 }, () => {
  it('makes a package and prints which parts of the folder it used', () => {
    expect(trained).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(
          `^(\\d+-way \\d-shot: \\d+\\.\\d\\d % ± .*, split test\n)+own-signs 1.0.0 is in ${directory}\n$`,
        ),
      ),
    });
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
      'a checkpoint of a recipe with other training settings, classes or weights',
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
