import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { ImagePreprocessing } from '../../package/manifest.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';

/** A picture of a class, read when asked for; `name` says where it lies. */
export interface PictureFile {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

export interface PictureClass {
  readonly name: string;
  readonly files: readonly PictureFile[];
}

/** Pictures, decoded, class by class: byte p of one is 255 × pixel p of its planes [c, h, w]. */
export interface Pictures {
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly pixels: Uint8Array;
}

export interface PictureSource {
  /** Names, sizes and times: whatever changes when a file does. */
  readonly identity: unknown;
  /** Asked for when they have to be decoded. */
  classes(): Promise<readonly PictureClass[]>;
  readonly preprocessing: ImagePreprocessing;
  readonly decoder: ImageDecoder;
  /** Where the decoded set is kept, so that it is decoded once. */
  readonly cacheDirectory: string;
  /** Told now and then while decoding, which may take minutes. */
  readonly onProgress?: ((decoded: number, total: number) => void) | undefined;
}

/** Enough to keep libvips busy, few enough to hold their files in memory. */
const BATCH = 32;
/** Node reads no larger file at once. */
const MOST_BYTES = 2 ** 31 - 2 ** 20;
const FAULTS_NAMED = 5;

/** The pictures of a source: from the cache where it has them, decoded and put there otherwise. */
export async function loadPictures(source: PictureSource): Promise<Pictures> {
  const path = join(source.cacheDirectory, `pictures-${identityOf(source)}.bin`);
  const cached = await readFile(path).catch(() => null);
  const kept = cached && parse(cached, sizeOfPicture(source.preprocessing));
  if (kept) return kept;
  const pictures = await decode(source);
  await mkdir(source.cacheDirectory, { recursive: true });
  // Written aside and renamed: another process reads all of it or none.
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, [
    Buffer.from(`${JSON.stringify({ classes: pictures.classes })}\n`),
    pictures.pixels,
  ]);
  await rename(unfinished, path);
  return pictures;
}

export const sizeOfPicture = ({ width, height, channels }: ImagePreprocessing) => width * height * channels;

/** The classes at these places in this order, copied, so that the rest can be freed. */
export function pickClasses(
  { classes, pixels }: Pictures,
  places: readonly number[],
  size: number,
): Pictures {
  const starts = startsOf(classes);
  const chosen = places.map((place) => ({ ...at(classes, place), start: at(starts, place) }));
  const kept = new Uint8Array(chosen.reduce((sum, { count }) => sum + count * size, 0));
  let end = 0;
  for (const { start, count } of chosen) {
    kept.set(pixels.subarray(start * size, (start + count) * size), end);
    end += count * size;
  }
  return { classes: chosen.map(({ name, count }) => ({ name, count })), pixels: kept };
}

/** How many pictures come before each class. */
export function startsOf(classes: Pictures['classes']): readonly number[] {
  let start = 0;
  return classes.map(({ count }) => {
    start += count;
    return start - count;
  });
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`Expected one of ${values.length} classes, got ${index}`);
  return value;
}

/** A picture decoded. @throws InnerloopError `invalid_image` that names the file. */
export async function decodePicture(
  file: PictureFile,
  preprocessing: ImagePreprocessing,
  decoder: ImageDecoder,
): Promise<Float32Array> {
  try {
    return (await decoder.decode(await file.read(), preprocessing)).data;
  } catch (error) {
    if (!(error instanceof InnerloopError)) throw error;
    throw new InnerloopError(error.code, `${file.name}: ${error.message}`, error.details);
  }
}

function identityOf({ identity, preprocessing }: PictureSource): string {
  return createHash('sha256')
    .update(JSON.stringify([preprocessing, identity]))
    .digest('hex')
    .slice(0, 16);
}

function parse(file: Buffer, size: number): Pictures | null {
  try {
    const end = file.indexOf('\n');
    const { classes } = JSON.parse(file.toString('utf8', 0, end)) as Pick<Pictures, 'classes'>;
    const pixels = file.subarray(end + 1);
    const pictures = classes.reduce((sum, { count }) => sum + count, 0);
    return pixels.length === pictures * size ? { classes, pixels } : null;
  } catch {
    return null; // Not ours or cut short: the files are the truth, so it is made again.
  }
}

async function decode(source: PictureSource): Promise<Pictures> {
  const classes = await source.classes();
  const pixels = await decodeAll(
    classes.flatMap(({ files }) => files),
    source,
  );
  return { classes: classes.map(({ name, files }) => ({ name, count: files.length })), pixels };
}

async function decodeAll(files: readonly PictureFile[], source: PictureSource): Promise<Uint8Array> {
  const { preprocessing, decoder } = source;
  const size = sizeOfPicture(preprocessing);
  if (files.length * size > MOST_BYTES) throw tooMany(files.length, size);
  const pixels = new Uint8Array(files.length * size);
  const faults: InnerloopError[] = [];
  for (let start = 0; start < files.length; start += BATCH) {
    source.onProgress?.(start, files.length);
    const batch = files.slice(start, start + BATCH).map(async (file, i) => {
      const data = await decodePicture(file, preprocessing, decoder);
      const place = (start + i) * size;
      for (let p = 0; p < size; p++) pixels[place + p] = Math.round((data[p] as number) * 255);
    });
    for (const result of await Promise.allSettled(batch)) {
      if (result.status === 'fulfilled') continue;
      if (!(result.reason instanceof InnerloopError)) throw result.reason;
      faults.push(result.reason);
    }
  }
  source.onProgress?.(files.length, files.length);
  if (faults.length > 0) throw undecodable(faults, files.length);
  return pixels;
}

/** All faults at once: who mends a thousand files one run at a time? */
function undecodable(faults: readonly InnerloopError[], total: number): InnerloopError {
  const named = faults.slice(0, FAULTS_NAMED).map(({ message }) => message);
  const more = faults.length > FAULTS_NAMED ? [`and ${faults.length - FAULTS_NAMED} more`] : [];
  const message = `${faults.length} of ${total} pictures cannot be read; mend or remove them: ${[...named, ...more].join('; ')}`;
  return new InnerloopError('invalid_image', message, { cause: faults[0] });
}

function tooMany(files: number, size: number): InnerloopError {
  const [expected, got] = [`at most ${Math.floor(MOST_BYTES / size)} pictures of this size`, `${files}`];
  const message = `Expected ${expected}, got ${got}: make them smaller, or leave some out`;
  return new InnerloopError('invalid_recipe', message, { pointer: '/dataset/size', expected, got });
}
