import sharp from 'sharp';
import type { Take } from '../decoding/content-reader.ts';
import type { PictureLimits } from './picture-cost.ts';
import { readPicture } from './picture-file.ts';

/** Masked pictures are at most this large on the shorter side: enough for encoders, and quick to decode many times. */
const SIDE = 224;
const LONGEST = 1024;

/**
 * A smaller version of the picture, then one copy for each cell of a grid [rows, columns], row by row. In the copy, the cell
 * has the mean colour of the picture. All are PNG.
 */
export function maskedPictures(
  file: Uint8Array,
  [rows, columns]: readonly [number, number],
  limits: PictureLimits,
  take: Take,
): Promise<{ readonly whole: Uint8Array; readonly masked: readonly Uint8Array[] }> {
  return readPicture(file, { limits, needed: SIDE, take }, async (picture) => {
    const size = await picture.uprightSize();
    const scale = Math.min(
      1,
      SIDE / Math.min(size.width, size.height),
      LONGEST / Math.max(size.width, size.height),
    );
    const { data, info } = await picture
      .open()
      .toColourspace('srgb')
      .flatten({ background: '#ffffff' })
      .removeAlpha()
      .resize({
        width: Math.max(1, Math.round(size.width * scale)),
        height: Math.max(1, Math.round(size.height * scale)),
        fit: 'fill',
      })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const mean = meanColour(data, channels);
    const png = async (pixels: Uint8Array) =>
      Uint8Array.from(
        await sharp(pixels, { raw: { width, height, channels } }).png({ compressionLevel: 1 }).toBuffer(),
      );
    const masked: Uint8Array[] = [];
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const [top, bottom] = [edge(row, rows, height), edge(row + 1, rows, height)];
        const [left, right] = [edge(column, columns, width), edge(column + 1, columns, width)];
        const copy = Uint8Array.from(data);
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) copy.set(mean, (y * width + x) * channels);
        masked.push(await png(copy));
      }
    return { whole: await png(data), masked };
  });
}

const edge = (i: number, of: number, length: number) => Math.round((i * length) / of);

function meanColour(pixels: Uint8Array, channels: number): Uint8Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < pixels.length; i++)
    sums[i % channels] = (sums[i % channels] as number) + (pixels[i] as number);
  return Uint8Array.from(sums, (sum) => Math.round((sum * channels) / pixels.length));
}

/** Size of an overlay; a browser stretches it to the picture. */
const OVERLAY_SIDE = 224;
/** The strongest cell is this opaque. */
const STRONGEST = 0.65;

/**
 * A transparent PNG of contributions [rows, columns], smoothed: red where they are positive, blue where they are negative, and
 * more opaque the larger they are.
 */
export async function overlayOf(
  contributions: Float32Array,
  [rows, columns]: readonly [number, number],
): Promise<Uint8Array> {
  const most = contributions.reduce((max, each) => Math.max(max, Math.abs(each)), 1e-12);
  const pixels = new Uint8Array(rows * columns * 4);
  contributions.forEach((each, i) => {
    const alpha = Math.round(255 * STRONGEST * (Math.abs(each) / most));
    pixels.set(each >= 0 ? [220, 38, 38, alpha] : [37, 99, 235, alpha], i * 4);
  });
  const png = await sharp(pixels, { raw: { width: columns, height: rows, channels: 4 } })
    .resize({ width: OVERLAY_SIDE, height: OVERLAY_SIDE, fit: 'fill', kernel: 'cubic' })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return Uint8Array.from(png);
}
