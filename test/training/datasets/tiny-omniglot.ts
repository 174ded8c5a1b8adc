import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageDecoder } from '../../../src/ports/image-decoder.ts';
import { zip } from '../../support/files/zip-writer.ts';

export const PIXELS = 28 * 28;

/** Makes a folder like Omniglot: four characters in two archives, `drawings` each, with pixels that identify them. */
export async function tinyOmniglot(drawings = 20): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'innerloop-omniglot-'));
  await mkdir(join(path, 'splits'));
  await writeFile(
    join(path, 'splits', 'train.txt'),
    'Aztec/character01\nAztec/character02\nMayan/character01\n',
  );
  await writeFile(join(path, 'splits', 'test.txt'), 'Mayan/character02\n');
  await writeFile(join(path, 'splits', 'broken.txt'), 'Aztec/character01\nKlingon/character01\n');
  const archive = (part: string, alphabet: string, first: number) =>
    zip(
      Object.fromEntries(
        [0, 1].flatMap((character) =>
          Array.from({ length: drawings }, (_, d) => [
            // The files are deliberately out of order, because the reader must sort them by name.
            `${part}/${alphabet}/character0${character + 1}/000${character}_${`${drawings - d}`.padStart(2, '0')}.png`,
            drawing(first + character, drawings - d - 1),
          ]),
        ),
      ),
    );
  await writeFile(join(path, 'images_background.zip'), archive('images_background', 'Aztec', 0));
  await writeFile(join(path, 'images_evaluation.zip'), archive('images_evaluation', 'Mayan', 2));
  return path;
}

/** Pixel 0 is the character, pixel 1 the drawing, pixel 2 is 255. The value of any other pixel is its row. */
export function drawing(character: number, index: number): Uint8Array {
  const pixels = Uint8Array.from({ length: PIXELS }, (_, p) => Math.floor(p / 28));
  pixels.set([character, index, 255]);
  return pixels;
}

/** Uses the bytes of a file as its pixels, and counts the files. */
export function rawDecoder(): ImageDecoder & { decoded(): number } {
  let decoded = 0;
  return {
    decoded: () => decoded,
    async decode(file) {
      decoded++;
      return { shape: [1, 28, 28], data: Float32Array.from(file, (byte) => byte / 255) };
    },
  };
}
