import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitClasses } from '../../../src/training/datasets/split-classes.ts';
import type { Recipe } from '../../../src/training/recipe/recipe.ts';
import { drawClasses, signs } from '../../support/files/draw-classes.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { innerloop } from '../innerloop.ts';
import { CLASSES, ownSigns } from './own-signs.ts';

const { data, directory, train } = ownSigns();
let recipe: Recipe;

beforeAll(async () => {
  ({ recipe } = await train());
}, 300_000);

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

  describe('another data set with too few examples is refused before any is read', () => {
    /** Three classes of five pictures and a file that is no picture. */
    async function fewSigns(): Promise<string> {
      const folder = join(await scratchFolder(), 'few-signs');
      await drawClasses(folder, signs(3, 5));
      for (const name of Object.keys(signs(3, 5))) await writeFile(join(folder, name, 'damaged.png'), '');
      return folder;
    }

    it('by evaluate, which lists every problem', async () => {
      const other = await fewSigns();
      const shapes = ['--ways', '2,4', '--shots', '1,7'];
      const { code, stderr } = await innerloop(['evaluate', directory, '--data', other, ...quick, ...shapes]);
      expect(code).toBe(2);
      expect(stderr).toContain(
        `Expected queries to be at most 6 shots and queries together, the largest class of ${other}, got 8; ` +
          `Expected ways to be at most 3, the classes of ${other}, got 4`,
      );
    });

    it('by train, whose recipe evaluates on it', async () => {
      const other = await fewSigns();
      const copy = await copyOf(({ evaluations, ...rest }) => ({
        ...rest,
        evaluations: [{ ...evaluations[0], ways: 4, queries: 1, data: other }],
      }));
      const { code, stderr } = await innerloop(['train', join(copy, 'recipe.json'), '--resume']);
      expect(code).toBe(1);
      expect(stderr).toContain(`/evaluations/0/ways: expected at most 3, the classes of ${other}, got 4`);
    });
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
