import sharp, { type Sharp } from 'sharp';
import type { PictureFormat } from '../../domain/file-formats/formats.ts';
import { isAnimated, type PictureSize, pictureSize } from '../../domain/file-formats/picture-size.ts';
import { InnerloopError } from '../../errors.ts';
import { damaged, formatOf } from './formats.ts';
import { type Cost, costOf, type PictureLimits } from './picture-cost.ts';

// No cache, because each file is decoded once. One thread, because one picture is too small for two.
sharp.cache(false);
sharp.concurrency(1);

/** A picture whose header has been read, and whose cost has been counted. */
export interface PictureFile {
  readonly format: PictureFormat;
  readonly isAnimated: boolean;
  readonly cost: Cost;
  /** The size of the picture when it is upright. */
  uprightSize(): Promise<PictureSize>;
  /** Decodes upright, with the colours of the file. */
  open(): Sharp;
}

export interface ReadOptions {
  readonly limits: PictureLimits;
  /** The side that is needed, in pixels: see `costOf`. */
  readonly needed: number;
  /** Counts pixels before they are decoded. */
  readonly take?: ((pixels: number) => Promise<void>) | undefined;
}

/** Runs `work` on the picture in `file`. @throws InnerloopError `invalid_image`, also when `work` cannot decode it */
export async function readPicture<T>(
  file: Uint8Array,
  { limits, needed, take }: ReadOptions,
  work: (picture: PictureFile) => Promise<T>,
): Promise<T> {
  const format = formatOf(file);
  try {
    const size = pictureSize(file, format) ?? (await readHeader(file));
    const cost = costOf(file, format, size, limits, needed);
    await take?.(cost.work);
    return await work({
      format,
      isAnimated: isAnimated(file, format),
      cost,
      uprightSize: async () => (await readHeader(file)).autoOrient,
      // As lenient as browsers: a file is accepted if its decoder only warns, and refused if it cannot be read to the end.
      open: () =>
        sharp(file, { limitInputPixels: size.width * size.height, failOn: 'error', autoOrient: true }),
    });
  } catch (cause) {
    throw cause instanceof InnerloopError ? cause : damaged(cause, file, format);
  }
}

/** Reads only the header. */
function readHeader(file: Uint8Array) {
  return sharp(file, { limitInputPixels: false, failOn: 'error' }).metadata();
}
