import type { Sharp } from 'sharp';
import { type ImagePreparation, sidesOf } from '../../package/encoder/preparation.ts';
import type { Tensor } from '../../tensor.ts';
import type { PictureFile } from './picture-file.ts';
import type { Interpolation } from './pillow/filters.ts';
import { type Region, resampled } from './pillow/resample.ts';

/** Interleaved bytes [height, width, 3]: on white where the picture is transparent, also in the margins of `contain`. */
export function fitted(picture: PictureFile, preparation: ImagePreparation): Promise<Uint8Array> {
  const { interpolation, resize } = preparation;
  return interpolation === undefined && resize === undefined
    ? fittedBySharp(picture, preparation)
    : fittedLikePillow(picture, preparation, interpolation ?? 'bilinear');
}

/** Resizes with libvips. For encoders that state neither a filter nor a size to resize to, as older ones do. */
async function fittedBySharp(picture: PictureFile, { size, fit }: ImagePreparation): Promise<Uint8Array> {
  const { width, height } = sidesOf(size);
  return opaque(picture)
    .resize(width, height, { fit, background: '#ffffff' })
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
}

const opaque = ({ open }: PictureFile): Sharp =>
  open().flatten({ background: '#ffffff' }).toColourspace('srgb');

/** An axis that is this many times as long as needed is first reduced to three times the length, which the decoder does fast. */
const LONG = 6;

/** The longer side that a decoder must keep, in pixels. */
export function neededSide({ size, resize = size, interpolation }: ImagePreparation): number {
  const { width, height } = sidesOf(resize);
  const side = Math.max(width, height);
  if (interpolation === 'nearest') return Number.POSITIVE_INFINITY;
  // The decoder keeps at least twice this length: three times the side.
  return interpolation === undefined ? side : (side * LONG) / 4;
}

async function fittedLikePillow(
  picture: PictureFile,
  { size, resize = size, fit }: ImagePreparation,
  interpolation: Interpolation,
): Promise<Uint8Array> {
  const [inner, outer, upright] = [sidesOf(size), sidesOf(resize), await picture.uprightSize()];
  const whole = resizedTo(upright, outer, fit);
  const kept = (side: 'width' | 'height') =>
    interpolation !== 'nearest' && upright[side] >= LONG * whole[side]
      ? (LONG / 2) * whole[side]
      : upright[side];
  const source = { width: kept('width'), height: kept('height') };
  const part = {
    ...inner,
    left: Math.floor((whole.width - inner.width) / 2),
    top: Math.floor((whole.height - inner.height) / 2),
  };
  const read = (region: Region) =>
    opaque(picture)
      .resize(source.width, source.height, { fit: 'fill', kernel: 'cubic' })
      .extract(region)
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer();
  return resampled({ ...source, read }, { ...whole, part }, interpolation);
}

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** The size of the whole picture in relation to a box. The other side is rounded down, as torchvision does. */
function resizedTo({ width, height }: Sides, box: Sides, fit: ImagePreparation['fit']): Sides {
  if (fit === 'fill') return box;
  const isWide = width * box.height > height * box.width;
  // `cover` fixes the height of a wide picture, and the width of others; `contain` does the reverse.
  return isWide === (fit === 'cover')
    ? { height: box.height, width: Math.max(1, Math.floor((width * box.height) / height)) }
    : { width: box.width, height: Math.max(1, Math.floor((height * box.width) / width)) };
}

/** Weights of red, green and blue in `gray`. @see ITU-R BT.601 */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Interleaved bytes → planes [channels, height, width]: (value / 255 − mean) / deviation, or without the division by 255. */
export function normalised(pixels: Uint8Array, preparation: ImagePreparation): Tensor {
  const { size, channels = 'rgb', range = 1, mean, deviation } = preparation;
  const { height, width } = sidesOf(size);
  const area = height * width;
  if (pixels.length !== 3 * area) throw new RangeError(`Expected ${3 * area} bytes, got ${pixels.length}`);
  const count = mean.length;
  const data = new Float32Array(count * area);
  for (let c = 0; c < count; c++) {
    const scale = range / (255 * (deviation[c] as number));
    const offset = -(mean[c] as number) / (deviation[c] as number);
    const plane = data.subarray(c * area, (c + 1) * area);
    if (channels === 'gray') {
      for (let i = 0; i < area; i++) plane[i] = luma(pixels, 3 * i) * scale + offset;
    } else {
      const from = channels === 'bgr' ? 2 - c : c;
      for (let i = 0; i < area; i++) plane[i] = (pixels[3 * i + from] as number) * scale + offset;
    }
  }
  return { shape: [count, height, width], data };
}

function luma(pixels: Uint8Array, at: number): number {
  const [red, green, blue] = LUMA;
  return (
    red * (pixels[at] as number) + green * (pixels[at + 1] as number) + blue * (pixels[at + 2] as number)
  );
}
