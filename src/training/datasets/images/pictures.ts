import { createHash } from 'node:crypto';
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InnerloopError } from '../../../errors.ts';
import { makeFolder } from '../../../make-folder.ts';
import { isSystemError, reasonOf, replaceFile } from '../../../package/files.ts';
import type { ImagePreprocessing } from '../../../package/manifest.ts';
import type { ImageDecoder } from '../../../ports/image-decoder.ts';

/** A picture of a class, read on request; `name` is its path. */
export interface PictureFile {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

export interface PictureClass {
  readonly name: string;
  readonly files: readonly PictureFile[];
}

/** Decoded pictures, ordered by class: byte p of a picture is 255 × pixel p of its planes [c, h, w]. */
export interface Pictures {
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  readonly pixels: Uint8Array;
}

export interface PictureSource {
  /** Names, sizes and times of the files. It changes when a file changes. */
  readonly identity: unknown;
  /** Called only if the pictures are not in the cache. */
  classes(): Promise<readonly PictureClass[]>;
  readonly preprocessing: ImagePreprocessing;
  readonly decoder: ImageDecoder;
  /** Folder of the cache of decoded pictures. */
  readonly cacheDirectory: string;
  /** Called regularly during decoding, which may take minutes. */
  readonly onProgress?: ((decoded: number, total: number) => void) | undefined;
  /** Stops between two batches of files. */
  readonly signal?: AbortSignal | undefined;
}

/** Files that are decoded at the same time: enough to keep the decoder busy, few enough for the memory. */
const BATCH = 32;
/** Node cannot read a larger file in one call. */
const MAX_BYTES = 2 ** 31 - 2 ** 20;
const MAX_NAMED = 5;

/** The pictures of a source from the cache. If they are not in the cache, they are decoded and stored there. */
export async function loadPictures(source: PictureSource): Promise<Pictures> {
  const path = join(source.cacheDirectory, `pictures-${identityOf(source)}.bin`);
  const cached = await readFile(path).catch(() => null);
  const known = cached && parse(cached, sizeOfPicture(source.preprocessing));
  if (known) return known;
  await requireWritable(source.cacheDirectory);
  const pictures = await decode(source);
  await replaceFile(path, [
    Buffer.from(`${JSON.stringify({ classes: pictures.classes })}\n`),
    pictures.pixels,
  ]);
  return pictures;
}

/** Checked before decoding, because decoding may take minutes. */
async function requireWritable(directory: string): Promise<void> {
  try {
    await makeFolder(directory);
    await access(directory, constants.W_OK);
  } catch (cause) {
    const message = `Cannot cache decoded pictures in ${directory}: ${reasonOf(cause)} (set XDG_CACHE_HOME to use another folder)`;
    throw new InnerloopError('invalid_config', message, { cause });
  }
}

export const sizeOfPicture = ({ width, height, channels }: ImagePreprocessing) => width * height * channels;

/** Copies the classes at these indices, in this order, so that the memory of the others can be freed. */
export function pickClasses(
  { classes, pixels }: Pictures,
  places: readonly number[],
  size: number,
): Pictures {
  const starts = startsOf(classes);
  const chosen = places.map((place) => ({ ...at(classes, place), start: at(starts, place) }));
  const copied = new Uint8Array(chosen.reduce((sum, { count }) => sum + count * size, 0));
  let end = 0;
  for (const { start, count } of chosen) {
    copied.set(pixels.subarray(start * size, (start + count) * size), end);
    end += count * size;
  }
  return { classes: chosen.map(({ name, count }) => ({ name, count })), pixels: copied };
}

/** Index of the first picture of each class. */
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

/** Decodes a picture. @throws InnerloopError `invalid_image` that names the file. */
export async function decodePicture(
  file: PictureFile,
  preprocessing: ImagePreprocessing,
  decoder: ImageDecoder,
): Promise<Float32Array> {
  try {
    return (await decoder.decode(await file.read(), preprocessing)).data;
  } catch (error) {
    if (isSystemError(error))
      throw new InnerloopError('invalid_image', `${file.name}: ${reasonOf(error)}`, { cause: error });
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
    return null; // A damaged cache is a miss: the pictures are decoded again.
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
  if (files.length * size > MAX_BYTES) throw tooMany(files.length, size);
  const pixels = new Uint8Array(files.length * size);
  const failures: InnerloopError[] = [];
  for (let start = 0; start < files.length; start += BATCH) {
    source.signal?.throwIfAborted();
    source.onProgress?.(start, files.length);
    const batch = files.slice(start, start + BATCH).map(async (file, i) => {
      const data = await decodePicture(file, preprocessing, decoder);
      const place = (start + i) * size;
      for (let p = 0; p < size; p++) pixels[place + p] = Math.round((data[p] as number) * 255);
    });
    for (const result of await Promise.allSettled(batch)) {
      if (result.status === 'fulfilled') continue;
      if (!(result.reason instanceof InnerloopError)) throw result.reason;
      failures.push(result.reason);
    }
  }
  source.onProgress?.(files.length, files.length);
  if (failures.length > 0) throw undecodable(failures, files.length);
  return pixels;
}

/** One error that names all files, so that the user can repair them together. */
function undecodable(failures: readonly InnerloopError[], total: number): InnerloopError {
  const named = failures.slice(0, MAX_NAMED).map(({ message }) => message);
  const more = failures.length > MAX_NAMED ? [`and ${failures.length - MAX_NAMED} more`] : [];
  const message = `${failures.length} of ${total} pictures cannot be read; repair or remove them: ${[...named, ...more].join('; ')}`;
  return new InnerloopError('invalid_image', message, { cause: failures[0] });
}

function tooMany(files: number, size: number): InnerloopError {
  const [expected, got] = [`at most ${Math.floor(MAX_BYTES / size)} pictures of this size`, `${files}`];
  const message = `Expected ${expected}, got ${got}: use smaller pictures, or fewer pictures`;
  return new InnerloopError('invalid_recipe', message, { pointer: '/dataset/size', expected, got });
}
