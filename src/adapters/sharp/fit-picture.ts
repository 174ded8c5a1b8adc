import type { KernelEnum } from 'sharp';
import { type ImagePreparation, sidesOf } from '../../package/encoder/preparation.ts';
import type { Tensor } from '../../tensor.ts';
import type { PictureFile } from './picture-file.ts';

const kernels = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
} as const satisfies Record<NonNullable<ImagePreparation['interpolation']>, keyof KernelEnum>;

/** Interleaved bytes [height, width, 3]: on white where the picture is transparent, also in the margins of `contain`. */
export async function fitted({ open }: PictureFile, preparation: ImagePreparation): Promise<Buffer> {
  const { size, resize = size, fit, interpolation } = preparation;
  const [inner, outer] = [sidesOf(size), sidesOf(resize)];
  return open()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(outer.width, outer.height, {
      fit,
      background: '#ffffff',
      ...(interpolation && { kernel: kernels[interpolation] }),
    })
    .extract({
      left: Math.floor((outer.width - inner.width) / 2),
      top: Math.floor((outer.height - inner.height) / 2),
      ...inner,
    })
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
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
