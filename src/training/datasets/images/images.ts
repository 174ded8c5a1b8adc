import { basename, resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../../errors.ts';
import type { ImagePreprocessing } from '../../../package/manifest.ts';
import { classEpisodes } from '../class-episodes.ts';
import type { EpisodeSource } from '../dataset.ts';
import { ClassSplit, splitClasses, splitName } from '../split-classes.ts';
import { classesOfFolder, type ImageClass } from './image-folder.ts';
import { loadPictures, type PictureSource, pickClasses, sizeOfPicture, startsOf } from './pictures.ts';

/** Limits of `size`, in pixels. */
export const SIDES = { minimum: 8, maximum: 256 } as const;

/** The images of a folder, with one class per subfolder; see `classesOfFolder`. */
export const ImagesRecipe = Type.Object(
  {
    name: Type.Literal('images'),
    path: Type.String(),
    /** Every image is resized to this width and height. */
    size: Type.Integer(SIDES),
    /** 1: converted to grey. 3: RGB. */
    channels: Type.Union([Type.Literal(1), Type.Literal(3)]),
    /** Whether images are inverted, so that a light background becomes 0, the padding value of convolutions. */
    invert: Type.Boolean(),
    /** For drawings: any ink on any paper is converted to black on white first. Needs `channels` 1. */
    ink: Type.Optional(Type.Literal('normalise')),
    /** Classes with fewer images are left out. */
    minImages: Type.Integer({ minimum: 2 }),
    split: ClassSplit,
  },
  { additionalProperties: false },
);
export type ImagesRecipe = Static<typeof ImagesRecipe>;

export interface ImagesContext
  extends Pick<PictureSource, 'decoder' | 'cacheDirectory' | 'onProgress' | 'signal'> {
  /** Called with a message about classes that were left out. */
  readonly onNote?: ((note: string) => void) | undefined;
}

export function imagesPreprocessing({
  size,
  channels,
  invert,
  ink,
}: Pick<ImagesRecipe, 'size' | 'channels' | 'invert' | 'ink'>): ImagePreprocessing {
  const base = { kind: 'image', width: size, height: size, channels, invert, resize: 'lanczos3' } as const;
  return ink ? { ...base, ink } : base;
}

/** The name of a folder of images in results. Its path is not used, because it is meaningless on another machine. */
export const folderName = (path: string) => basename(resolve(path)).replace(/[\p{Cc}`<>|]+/gu, ' ');

/** Few-shot classification of the images of a folder, each class in one split: x [n, channels, size, size] in 0…1, y [n, ways]. */
export async function images(
  recipe: ImagesRecipe,
  split: string,
  { decoder, cacheDirectory, onProgress, onNote, signal }: ImagesContext,
): Promise<EpisodeSource> {
  const wanted = splitName(split);
  const classes = await classesOfFolder(recipe.path);
  const kept = largeEnough(classes, recipe.minImages);
  if (kept.length < classes.length) onNote?.(leftOut(classes.length - kept.length, classes.length, recipe));
  const chosen = splitClasses(kept, recipe.split)[wanted];

  const preprocessing = imagesPreprocessing(recipe);
  const all = await loadPictures({
    identity: kept.map(({ name, files }) => [name, files.map(identityOf)]),
    classes: async () => kept,
    preprocessing,
    decoder,
    cacheDirectory,
    onProgress,
    signal,
  });
  const size = sizeOfPicture(preprocessing);
  const places = new Map(kept.map(({ name }, i) => [name, i]));
  const mine = pickClasses(
    all,
    chosen.map(({ name }) => places.get(name) ?? -1),
    size,
  );
  const starts = startsOf(mine.classes);

  return classEpisodes({
    name: folderName(recipe.path),
    split,
    inputShape: [recipe.channels, recipe.size, recipe.size],
    counts: mine.classes.map(({ count }) => count),
    write(index, image, into) {
      const start = ((starts[index] as number) + image) * size;
      for (let p = 0; p < size; p++) into[p] = (mine.pixels[start + p] as number) / 255;
    },
    onNote,
  });
}

/** The classes of each split and their number of images, without decoding any. */
export async function imagesClasses(recipe: ImagesRecipe) {
  const kept = largeEnough(await classesOfFolder(recipe.path), recipe.minImages);
  const { train, val, test } = splitClasses(kept, recipe.split);
  const sizes = (classes: readonly ImageClass[]) =>
    classes.map(({ name, files }) => ({ name, count: files.length }));
  return { train: sizes(train), val: sizes(val), test: sizes(test) };
}

/** Numbers for the model card, from the current content of the folder. */
export async function countImages(recipe: ImagesRecipe) {
  const classes = await classesOfFolder(recipe.path);
  const kept = largeEnough(classes, recipe.minImages);
  const { train, val, test } = splitClasses(kept, recipe.split);
  return {
    classes: kept.length,
    images: imagesIn(kept),
    leftOut: classes.length - kept.length,
    train: train.length,
    val: val.length,
    test: test.length,
  };
}

/** Classes with enough images. @throws InnerloopError `invalid_recipe` when there is none. */
function largeEnough(classes: readonly ImageClass[], minImages: number): readonly ImageClass[] {
  const kept = classes.filter(({ files }) => files.length >= minImages);
  if (kept.length > 0) return kept;
  const most = Math.max(...classes.map(({ files }) => files.length));
  const [expected, got] = [`classes of at least ${minImages} images`, `at most ${most} in a class`];
  throw new InnerloopError('invalid_recipe', `Expected ${expected}, got ${got}`, {
    pointer: '/dataset/minImages',
    expected,
    got,
  });
}

const leftOut = (left: number, total: number, { minImages }: ImagesRecipe) =>
  `Left out ${left} of ${total} classes: fewer than ${minImages} images`;

export const imagesIn = (classes: readonly ImageClass[]) =>
  classes.reduce((sum, { files }) => sum + files.length, 0);

const identityOf = ({ name, size, modifiedMs }: ImageClass['files'][number]) => [
  basename(name),
  size,
  modifiedMs,
];
