import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { ZippedFile } from '../../files/zip.ts';
import { reasonOf } from '../../package/files.ts';
import type { ImagePreprocessing } from '../../package/manifest.ts';
import { classEpisodes } from './class-episodes.ts';
import type { EpisodeSource } from './dataset.ts';
import {
  loadPictures,
  type PictureClass,
  type PictureSource,
  type Pictures,
  pickClasses,
} from './images/pictures.ts';
import type { SplitName } from './split-classes.ts';
import { filesOfArchive } from './zip.ts';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const ROTATIONS = quarterTurns();
export const OMNIGLOT_SHAPE = [1, SIDE, SIDE] as const;
const DRAWING = /^[^/]+\/([^/]+\/[^/]+)\/[^/]+\.png$/;

/** Ink is 1 on a background of 0, 28 × 28, as in the papers. With `ink`, other inks and papers are accepted too. */
export const omniglotPreprocessing = ({ ink }: Pick<OmniglotOptions, 'ink'>): ImagePreprocessing => ({
  kind: 'image',
  width: SIDE,
  height: SIDE,
  channels: 1,
  invert: true,
  resize: 'lanczos3',
  ...(ink && { ink }),
});

export interface OmniglotOptions
  extends Pick<PictureSource, 'decoder' | 'cacheDirectory' | 'onProgress' | 'signal'> {
  /** Folder of `images_background.zip`, `images_evaluation.zip` and `splits/<split>.txt`. */
  readonly path: string;
  readonly split: string;
  /** Whether the ink is prepared: see the manifest. It does not change Omniglot's own drawings. */
  readonly ink?: ImagePreprocessing['ink'];
}

/**
 * Handwritten characters of 50 alphabets, 20 drawings each. Each character counts as four classes, one for each rotation by
 * 0, 90, 180 and 270 degrees, in test and in training, as in the papers. Two rotations of one character may occur in the
 * same episode. x [n, 1, 28, 28] in 0…1, y [n, ways].
 *
 * @see Lake, Salakhutdinov & Tenenbaum, Science 350 (2015), the data;
 *   Vinyals et al., NeurIPS 2016, https://arxiv.org/abs/1606.04080, §4.1.1, the rotations and the split.
 */
export async function omniglot(options: OmniglotOptions): Promise<EpisodeSource> {
  const { path, split } = options;
  const wanted = await namesIn(join(path, 'splits', `${split}.txt`));
  const archives = archivesIn(path);
  const all = await loadPictures({
    identity: await Promise.all(archives.map(identityOf)),
    classes: () => charactersOf(archives),
    preprocessing: omniglotPreprocessing(options),
    decoder: options.decoder,
    cacheDirectory: options.cacheDirectory,
    onProgress: options.onProgress,
    signal: options.signal,
  });
  const { classes, pixels } = charactersOfSplit(all, wanted, split);
  const drawings = classes[0]?.count ?? 0;

  return classEpisodes({
    name: 'omniglot',
    split,
    inputShape: OMNIGLOT_SHAPE,
    counts: classes.flatMap(({ count }) => ROTATIONS.map(() => count)),
    write(index, drawing, into) {
      const rotation = ROTATIONS[index % ROTATIONS.length] ?? [];
      const start = (Math.floor(index / ROTATIONS.length) * drawings + drawing) * PIXELS;
      for (let p = 0; p < PIXELS; p++) into[p] = (pixels[start + (rotation[p] ?? 0)] ?? 0) / 255;
    },
  });
}

const archivesIn = (path: string) =>
  ['images_background.zip', 'images_evaluation.zip'].map((file) => join(path, file));

/** The classes of each split: every rotation of a character is a class. */
export async function omniglotClasses(path: string) {
  await requireFolder(path);
  const drawings = new Map(
    (await charactersOf(archivesIn(path))).map(({ name, files }) => [name, files.length]),
  );
  const split = async (name: SplitName) => {
    const wanted = await namesIn(join(path, 'splits', `${name}.txt`));
    return wanted.flatMap((each) =>
      ROTATIONS.map((_, turn) => ({ name: `${each}/${turn * 90}`, count: drawings.get(each) ?? 0 })),
    );
  };
  return { train: await split('train'), val: await split('val'), test: await split('test') };
}

async function requireFolder(path: string): Promise<void> {
  const entry = await stat(path).catch((cause: unknown) => ({ cause, isDirectory: () => false }));
  if (entry.isDirectory()) return;
  const reason = 'cause' in entry ? reasonOf(entry.cause) : 'not a folder';
  const message = `Expected a folder with Omniglot at ${path}: ${reason} (use --dataset for another folder)`;
  throw new InnerloopError('invalid_recipe', message, { pointer: '/dataset/path' });
}

/** The index of the source pixel for each pixel of a rotated drawing, for 0, 90, 180 and 270 degrees anticlockwise. */
function quarterTurns(): readonly Uint16Array[] {
  const upright = Uint16Array.from({ length: PIXELS }, (_, p) => p);
  const turn = (from: Uint16Array) =>
    upright.map((p) => from[(p % SIDE) * SIDE + SIDE - 1 - Math.floor(p / SIDE)] ?? 0);
  const quarter = turn(upright);
  const half = turn(quarter);
  return [upright, quarter, half, turn(half)];
}

async function namesIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    const message = `Expected a split at ${file}: ${reasonOf(cause)} (use --dataset for another folder)`;
    throw new InnerloopError('invalid_recipe', message, { pointer: '/dataset/path', cause });
  });
  const names = text.split(/\r?\n/).filter((line) => line !== '');
  if (names.length > 0) return names;
  throw new InnerloopError('invalid_recipe', `Expected characters in ${file}, got none`);
}

async function identityOf(path: string): Promise<unknown> {
  const { size, mtimeMs } = await stat(path).catch((cause) => {
    const message = `Expected a zip archive at ${path}: ${reasonOf(cause)}`;
    throw new InnerloopError('invalid_recipe', message, { pointer: '/dataset/path', cause });
  });
  return [basename(path), size, mtimeMs];
}

/**
 * The characters `<alphabet>/<character>`, sorted by name, from zip archives with
 * `<part>/<alphabet>/<character>/<drawing>.png`.
 */
async function charactersOf(archives: readonly string[]): Promise<readonly PictureClass[]> {
  const files: ZippedFile[] = [];
  // Read one archive after the other, so that an error names the first wrong archive.
  for (const path of archives) files.push(...(await filesOfArchive(path)));
  const byCharacter = new Map<string, ZippedFile[]>();
  for (const file of files) {
    const character = DRAWING.exec(file.name)?.[1];
    if (character !== undefined) byCharacter.set(character, [...(byCharacter.get(character) ?? []), file]);
  }
  const characters = [...byCharacter]
    .map(([name, drawings]) => ({ name, files: drawings.toSorted(byName) }))
    .sort(byName);
  const drawings = characters[0]?.files.length ?? 0;
  const uneven = characters.find(({ files }) => files.length !== drawings);
  if (drawings > 0 && !uneven) return characters;
  const expected = uneven ? `${drawings} drawings of each character` : 'drawings in the archives';
  const got = uneven ? `${uneven.files.length} of ${uneven.name}` : 'none';
  throw new InnerloopError('invalid_recipe', `Expected ${expected}, got ${got}`, {
    pointer: '/dataset/path',
    expected,
    got,
  });
}

/** The characters of a split. */
function charactersOfSplit(all: Pictures, wanted: readonly string[], split: string): Pictures {
  const places = new Map(all.classes.map(({ name }, i) => [name, i]));
  const chosen = wanted.map((name) => {
    const place = places.get(name);
    if (place !== undefined) return place;
    throw new InnerloopError('invalid_recipe', `Expected ${name} of split ${split} in the archives`, {
      pointer: '/dataset/path',
    });
  });
  return pickClasses(all, chosen, PIXELS);
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
