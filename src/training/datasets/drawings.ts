import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import type { ImagePreprocessing } from '../../package/manifest.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { filesOfZip, type ZippedFile } from './zip.ts';

/** Drawings of characters, decoded: byte `(c · drawings + d) · size + p` is 255 × pixel p of drawing d of c. */
export interface Drawings {
  /** `<alphabet>/<character>`, in order. */
  readonly characters: readonly string[];
  /** How many drawings each character has. */
  readonly drawings: number;
  readonly pixels: Uint8Array;
}

export interface DrawingsSource {
  /** Zip archives of `<part>/<alphabet>/<character>/<drawing>.png`. */
  readonly archives: readonly string[];
  readonly preprocessing: ImagePreprocessing;
  readonly decoder: ImageDecoder;
  /** Where the decoded set is kept, so that the archives are decoded once. */
  readonly cacheDirectory: string;
  /** Told now and then while decoding, which takes a minute or so. */
  readonly onProgress?: ((decoded: number, total: number) => void) | undefined;
}

const BATCH = 64;
const DRAWING = /^[^/]+\/([^/]+\/[^/]+)\/[^/]+\.png$/;

/** The drawings in the archives: from the cache where it has them, decoded and put there otherwise. */
export async function loadDrawings(source: DrawingsSource): Promise<Drawings> {
  const path = join(source.cacheDirectory, `drawings-${await identityOf(source)}.bin`);
  const cached = await readFile(path).catch(() => null);
  const kept = cached && parse(cached, sizeOfDrawing(source));
  if (kept) return kept;
  const drawings = await decode(source);
  await mkdir(source.cacheDirectory, { recursive: true });
  // Written aside and renamed: another process reads all of it or none.
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, [header(drawings), drawings.pixels]);
  await rename(unfinished, path);
  return drawings;
}

const sizeOfDrawing = ({ preprocessing: { width, height, channels } }: DrawingsSource) =>
  width * height * channels;

async function identityOf({ archives, preprocessing }: DrawingsSource): Promise<string> {
  const files = await Promise.all(
    archives.map(async (path) => {
      const { size, mtimeMs } = await stat(path).catch((cause) => {
        throw new InnerloopError('invalid_recipe', `Expected a readable archive at ${path}`, {
          pointer: '/dataset/path',
          cause,
        });
      });
      return [basename(path), size, mtimeMs];
    }),
  );
  return createHash('sha256')
    .update(JSON.stringify([preprocessing, files]))
    .digest('hex')
    .slice(0, 16);
}

const header = ({ characters, drawings }: Drawings) =>
  Buffer.from(`${JSON.stringify({ characters, drawings })}\n`);

function parse(file: Buffer, size: number): Drawings | null {
  try {
    const end = file.indexOf('\n');
    const { characters, drawings } = JSON.parse(file.toString('utf8', 0, end)) as Omit<Drawings, 'pixels'>;
    const pixels = file.subarray(end + 1);
    return pixels.length === characters.length * drawings * size ? { characters, drawings, pixels } : null;
  } catch {
    return null; // Not ours or cut short: the archives are the truth, so it is made again.
  }
}

async function decode(source: DrawingsSource): Promise<Drawings> {
  const files = (await Promise.all(source.archives.map(filesOfZip))).flat();
  const byCharacter = new Map<string, ZippedFile[]>();
  for (const file of files) {
    const character = DRAWING.exec(file.name)?.[1];
    if (character !== undefined) byCharacter.set(character, [...(byCharacter.get(character) ?? []), file]);
  }
  const characters = [...byCharacter.keys()].sort();
  const ordered = characters.map((name) => (byCharacter.get(name) ?? []).toSorted(byName));
  const drawings = ordered[0]?.length ?? 0;
  const uneven = ordered.findIndex(({ length }) => length !== drawings);
  if (drawings === 0 || uneven >= 0) {
    const expected = drawings === 0 ? 'drawings in the archives' : `${drawings} drawings of each character`;
    const got = drawings === 0 ? 'none' : `${ordered[uneven]?.length} of ${characters[uneven]}`;
    throw new InnerloopError('invalid_recipe', `Expected ${expected}, got ${got}`, {
      pointer: '/dataset/path',
      expected,
      got,
    });
  }
  return { characters, drawings, pixels: await decodeAll(ordered.flat(), source) };
}

async function decodeAll(files: readonly ZippedFile[], source: DrawingsSource): Promise<Uint8Array> {
  const size = sizeOfDrawing(source);
  const pixels = new Uint8Array(files.length * size);
  for (let start = 0; start < files.length; start += BATCH) {
    source.onProgress?.(start, files.length);
    await Promise.all(
      files.slice(start, start + BATCH).map(async (file, i) => {
        const { data } = await source.decoder.decode(await file.read(), source.preprocessing);
        pixels.set(
          data.map((value) => Math.round(value * 255)),
          (start + i) * size,
        );
      }),
    );
  }
  source.onProgress?.(files.length, files.length);
  return pixels;
}

const byName = (a: ZippedFile, b: ZippedFile) => (a.name < b.name ? -1 : 1);
