import { mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { createSharpDecoder } from '../../../../src/adapters/sharp/decoder.ts';
import { classesOfFolder } from '../../../../src/training/datasets/images/image-folder.ts';
import { imageStatistics } from '../../../../src/training/datasets/images/image-statistics.ts';
import { type ImagesRecipe, images } from '../../../../src/training/datasets/images/images.ts';
import { splitClasses } from '../../../../src/training/datasets/split-classes.ts';
import { createRandom } from '../../../../src/training/random.ts';
import { drawClasses, drawPicture, signs, writePicture } from '../../../support/files/draw-classes.ts';
import { scratchFolder } from '../../../support/scratch.ts';

const decoder = createSharpDecoder();
const namesIn = async (folder: string) =>
  (await classesOfFolder(folder)).map(({ name, files }) => [name, files.length]);

function recipeOf(path: string, change: Partial<ImagesRecipe> = {}): ImagesRecipe {
  const split = { seed: 1, val: 2, test: 2 };
  return {
    name: 'images',
    path,
    size: 8,
    channels: 1,
    invert: true,
    minImages: 2,
    split,
    ...change,
  };
}

/** Counts decoded pictures. The cache makes decoding unnecessary. */
function countingDecoder() {
  let decoded = 0;
  const decode: typeof decoder.decode = (file, preprocessing) => {
    decoded++;
    return decoder.decode(file, preprocessing);
  };
  return { decode, decoded: () => decoded };
}

describe('a folder of images', () => {
  it('has a class for every folder with images, at any depth, named by its path', async () => {
    const folder = await scratchFolder();
    await drawClasses(folder, { 'greek/alpha': 2, 'greek/beta': 1, plain: 3 });
    await writePicture(join(folder, 'plain', 'UPPER.PNG'), 'plain', 9);
    await writeFile(join(folder, 'plain', 'notes.txt'), 'no image');
    await writeFile(join(folder, 'plain', '.hidden.png'), 'no image');
    await drawClasses(folder, { '.cache/alpha': 2, '__MACOSX/alpha': 2 });
    await mkdir(join(folder, 'empty'));
    expect(await namesIn(folder)).toEqual([
      ['greek/alpha', 2],
      ['greek/beta', 1],
      ['plain', 4],
    ]);
  });

  it('follows links, enters no folder twice, and names a broken link', async () => {
    const folder = await scratchFolder();
    const elsewhere = await scratchFolder();
    await drawClasses(elsewhere, { far: 2 });
    await drawClasses(folder, { near: 1 });
    await symlink(join(elsewhere, 'far'), join(folder, 'far'));
    await symlink(join(elsewhere, 'far', '0.png'), join(folder, 'near', 'linked.png'));
    await symlink(folder, join(folder, 'near', 'loop'));
    await symlink(join(elsewhere, 'far'), join(folder, 'twice'));
    expect(await namesIn(folder)).toEqual([
      ['far', 2],
      ['near', 2],
    ]);
    await symlink(join(elsewhere, 'gone.png'), join(folder, 'near', 'broken.png'));
    await expect(classesOfFolder(folder)).rejects.toMatchObject({
      code: 'invalid_recipe',
      message: expect.stringContaining('near/broken.png'),
    });
  });

  it('is detected as grey on light or as coloured on dark from its pictures', async () => {
    const file = (bytes: Promise<Buffer>) => ({ name: 'a picture', read: () => bytes });
    const drawing = file(drawPicture('sign', 1));
    const flat = (background: string) =>
      file(
        sharp({ create: { width: 20, height: 20, channels: 3, background } })
          .jpeg()
          .toBuffer(),
      );
    expect(await imageStatistics([drawing, drawing], decoder)).toMatchObject({
      channels: 1,
      lightGround: true,
    });
    expect(await imageStatistics([flat('#333333'), flat('#444444')], decoder)).toEqual({
      channels: 1,
      lightGround: false,
      drawings: false,
    });
    expect(await imageStatistics([flat('#803020'), flat('#444444')], decoder)).toEqual({
      channels: 3,
      lightGround: false,
      drawings: false,
    });
  });

  it('is detected as drawings if it has only grey strokes on a plain background, dark or light', async () => {
    const drawings = async (change: (picture: Sharp) => Sharp) => {
      const pictures = [1, 2, 3, 4].map((hand) => ({
        name: `${hand}`,
        read: async () =>
          change(sharp(await readFile(new URL(`../../../fixtures/glyphs/hook/${hand}.png`, import.meta.url))))
            .png()
            .toBuffer(),
      }));
      return (await imageStatistics(pictures, decoder)).drawings;
    };
    expect(await drawings((picture) => picture)).toBe(true);
    expect(await drawings((picture) => picture.negate())).toBe(true);
    expect(await drawings((picture) => picture.linear(0.5, 60))).toBe(true);
    expect(await drawings((picture) => picture.resize(300, 200, { fit: 'fill' }).blur(1))).toBe(true);
    // Coloured pictures are not drawings, because colours may distinguish the classes.
    expect(await drawings((picture) => picture.negate().linear([1, 0.1, 0.1], [0, 0, 0]))).toBe(false);
    const raw = { raw: { width: 96, height: 96, channels: 1 } } as const;
    const shaded = (value: (x: number, y: number) => number) => () =>
      sharp(
        Uint8Array.from({ length: 96 * 96 }, (_, i) => value((i % 96) - 48, Math.floor(i / 96) - 48)),
        raw,
      );
    // Pictures that are not drawings: a ball on white, a filled square, waves.
    expect(await drawings(shaded((x, y) => (Math.hypot(x, y) < 30 ? 120 + 2 * x + y : 255)))).toBe(false);
    expect(await drawings(shaded((x, y) => (Math.max(Math.abs(x), Math.abs(y)) < 25 ? 0 : 255)))).toBe(false);
    expect(await drawings(shaded((x, y) => 128 + 60 * Math.sin(x / 5) + 60 * Math.cos(y / 7)))).toBe(false);
  });
});

describe('images', () => {
  it('draws from classes of any size, and leaves out classes that are too small for an episode, with a note', async () => {
    const [folder, cacheDirectory] = [await scratchFolder(), await scratchFolder()];
    const sizes = Object.keys(signs(10, 1)).map((name, i) => [name, i < 5 ? 4 : 9] as const);
    await drawClasses(folder, { ...Object.fromEntries(sizes), tiny: 1 });
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    const train = await images(recipeOf(folder), 'train', { decoder, cacheDirectory, onNote });
    expect(train).toMatchObject({ split: 'train', inputShape: [1, 8, 8], classes: 6 });
    expect(notes).toEqual(['Left out 1 of 11 classes: fewer than 2 images']);

    const { support, query } = train.sample(createRandom(1), { ways: 6, shots: 1, queries: 3 });
    expect([support.x.shape, query.x.shape, query.y.shape]).toEqual([
      [6, 1, 8, 8],
      [18, 1, 8, 8],
      [18, 6],
    ]);
    const rows = Array.from({ length: 18 }, (_, i) => query.x.data.slice(i * 64, (i + 1) * 64).join());
    expect(new Set(rows).size).toBe(18);
    expect(notes).toHaveLength(1);

    train.sample(createRandom(1), { ways: 2, shots: 1, queries: 4 });
    train.sample(createRandom(2), { ways: 2, shots: 1, queries: 4 });
    expect(notes).toHaveLength(2);
    expect(notes[1]).toMatch(
      /^Left out \d of 6 classes of split train: fewer than the 5 images of an episode$/,
    );
    expect(() => train.sample(createRandom(1), { ways: 6, shots: 1, queries: 4 })).toThrow(
      /Expected 6 classes of at least 5 images in split train, got \d/,
    );
    expect(() => train.sample(createRandom(1), { ways: 2, shots: 1, queries: 9 })).toThrow(
      'at most 9 shots and queries, got 1 + 9',
    );
  });

  it('gives each row the pixels and the label of its class', async () => {
    const [folder, cacheDirectory] = [await scratchFolder(), await scratchFolder()];
    const shades = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const [i, name] of shades.entries()) {
      await mkdir(join(folder, name));
      const grey = { r: i * 30, g: i * 30, b: i * 30 };
      const flat = sharp({ create: { width: 9, height: 9, channels: 3, background: grey } });
      for (let k = 0; k < 3 + i; k++)
        await flat
          .clone()
          .png()
          .toFile(join(folder, name, `${k}.png`));
    }
    const recipe = recipeOf(folder, { invert: false });
    const { train: mine } = splitClasses(
      shades.map((name) => ({ name })),
      recipe.split,
    );
    const source = await images(recipe, 'train', { decoder, cacheDirectory });
    const { support } = source.sample(createRandom(3), { ways: 4, shots: 2, queries: 1 });
    const shadeOf = (row: number) => Math.round(((support.x.data[row * 64] as number) * 255) / 30);
    const seen = [0, 2, 4, 6].map(shadeOf);
    expect(seen.map((shade) => shades[shade]).sort()).toEqual(mine.map(({ name }) => name).sort());
    expect([1, 3, 5, 7].map(shadeOf)).toEqual(seen);
  });

  it('decodes once for all splits, and again if a file is changed, removed or added', async () => {
    const [folder, cacheDirectory] = [await scratchFolder(), await scratchFolder()];
    await drawClasses(folder, signs(6, 2));
    const decodedBy = async (split: string, change: Partial<ImagesRecipe> = {}) => {
      const counting = countingDecoder();
      await images(recipeOf(folder, change), split, { decoder: counting, cacheDirectory });
      return counting.decoded();
    };
    expect(await decodedBy('train')).toBe(12);
    expect(await decodedBy('test')).toBe(0);
    expect(await decodedBy('train', { size: 9 })).toBe(12);
    await utimes(join(folder, 'sign00', '0.png'), 1, 1);
    expect(await decodedBy('val')).toBe(12);
    await writePicture(join(folder, 'sign00', '7.png'), 'sign00', 7);
    expect(await decodedBy('val')).toBe(13);
    await rm(join(folder, 'sign00', '7.png'));
    expect(await decodedBy('val')).toBe(0);
  });

  it('names the first few files that cannot be read, and caches nothing', async () => {
    const [folder, cacheDirectory] = [await scratchFolder(), await scratchFolder()];
    await drawClasses(folder, signs(6, 3));
    await writeFile(join(folder, 'sign01', '0.png'), 'hello');
    await writeFile(join(folder, 'sign02', '1.png'), (await drawPicture('sign02', 1)).subarray(0, 60));
    const opened = images(recipeOf(folder), 'train', { decoder, cacheDirectory });
    await expect(opened).rejects.toMatchObject({
      code: 'invalid_image',
      message: expect.stringMatching(/^2 of 18 pictures cannot be read.*sign01\/0\.png: .*sign02\/1\.png: /),
    });
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  it('refuses an unknown split', async () => {
    const opened = images(recipeOf('/nowhere'), 'dev', { decoder, cacheDirectory: '/nowhere' });
    await expect(opened).rejects.toThrow('Expected split train, val, test, got dev');
  });
});
