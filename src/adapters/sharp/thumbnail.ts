import { type ReadOptions, readPicture } from './picture-file.ts';

const QUALITY = 75;

/** A WebP of the picture, upright, with at most `side` pixels on each side. A smaller picture keeps its size. */
export function thumbnail(
  file: Uint8Array,
  side: number,
  options: Omit<ReadOptions, 'needed'>,
): Promise<Uint8Array> {
  return readPicture(file, { ...options, needed: side }, async ({ open }) => {
    const small = open()
      .toColourspace('srgb')
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
    return Uint8Array.from(await small.webp({ quality: QUALITY }).toBuffer());
  });
}
