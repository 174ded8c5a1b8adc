import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { InnerloopError } from '../../errors.ts';
import type { ImagePreprocessing } from '../../package/manifest.ts';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import type { Tensor } from '../../tensor.ts';
import { layOnGround } from './ink/ground.ts';
import { normaliseInk } from './ink/normalise-ink.ts';
import type { Raster } from './ink/raster.ts';
import type { PictureLimits } from './picture-cost.ts';
import { type PictureFile, readPicture } from './picture-file.ts';

/** Enough for a camera's JPEG of 64 megapixels, and for a drawing or a scan of 16. */
export const defaultPictureLimits: PictureLimits = { jpegPixels: 2 ** 26, pixels: 2 ** 24 };

/** Maximum pixels of a drawing when its ink is normalised. A larger drawing is reduced first. */
const INK_PIXELS = 2 ** 20;

/**
 * Decodes with libvips. The picture is turned upright (EXIF), laid on white where it is transparent, brought to the
 * package's channels and stretched to its size (`fit: 'fill'`): the network's frame is the caller's whole picture.
 * A drawing becomes black on white first, if the package says so.
 */
export function createSharpDecoder(limits: PictureLimits = defaultPictureLimits): ImageDecoder {
  return {
    decode(file, preprocessing, take) {
      const { width, height, channels, resize, ink } = preprocessing;
      return readPicture(file, { limits, needed: Math.max(width, height), take }, async (picture) => {
        const upright = ink ? await drawingOf(picture) : picture.open().flatten(white);
        const pixels = await upright
          .toColourspace(channels === 1 ? 'b-w' : 'srgb')
          .greyscale(channels === 1)
          .resize(width, height, { fit: 'fill', kernel: resize })
          .raw({ depth: 'uchar' })
          .toBuffer();
        if (ink) requireTwoShades(pixels);
        return toTensor(pixels, preprocessing);
      });
    },
  };
}

const white = { background: '#ffffff' } as const;

/** The drawing, black on white. @throws InnerloopError `invalid_image` when there is none. */
async function drawingOf({ uprightSize, cost, open }: PictureFile): Promise<Sharp> {
  const { width, height } = await uprightSize();
  const by = Math.max(cost.shrink, Math.sqrt((width * height) / INK_PIXELS));
  const whole = open();
  const bounded =
    by > 1
      ? whole.resize(Math.max(1, Math.floor(width / by)), Math.max(1, Math.floor(height / by)), {
          fit: 'fill',
          kernel: 'linear',
        })
      : whole;
  const { data, info } = await bounded
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const ink = normaliseInk(toRaster(data, info));
  if (!ink) throw blank();
  return sharp(ink.data, { raw: { width: ink.width, height: ink.height, channels: 1 } });
}

function toRaster(data: Buffer, { width, height, channels }: OutputInfo): Raster {
  if (channels === 4) return layOnGround(width, height, data);
  if (channels === 1 || channels === 3) return { width, height, channels, data };
  throw new RangeError(`Expected 1, 3 or 4 channels, got ${channels}`);
}

/** Refuses pictures of one shade: very small marks can disappear at the network's size. */
function requireTwoShades(pixels: Uint8Array): void {
  if (pixels.every((value) => value === pixels[0])) throw blank();
}

function blank(): InnerloopError {
  const [expected, got] = ['a drawing that stands out from its ground', 'a picture of one colour'];
  return new InnerloopError('invalid_image', `Expected ${expected}, got ${got}`, { expected, got });
}

/** Interleaved bytes [h, w, c] → planes [c, h, w] in 0…1, inverted if the package requires it. */
function toTensor(pixels: Uint8Array, { width, height, channels, invert }: ImagePreprocessing): Tensor {
  const area = width * height;
  if (pixels.length !== area * channels) {
    throw new RangeError(`Expected ${area * channels} bytes of pixels, got ${pixels.length}`);
  }
  const data = new Float32Array(pixels.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) {
      const value = (pixels[i * channels + c] as number) / 255;
      data[c * area + i] = invert ? 1 - value : value;
    }
  }
  return { shape: [channels, height, width], data };
}
