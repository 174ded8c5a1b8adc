import type { ImagePreparation } from '../../package/encoder/encoder.ts';
import type { Tensor } from '../../tensor.ts';
import type { ImageReader } from '../decoding/content-reader.ts';
import { canonicalPicture } from './canonical/canonical-picture.ts';
import { createSharpDecoder } from './decoder.ts';
import type { PictureLimits } from './limits.ts';
import { type PictureFile, readPicture } from './picture-file.ts';
import { warningsOf } from './picture-warnings.ts';

/** Reads pictures: photos for encoders, and what packages without an encoder prepare themselves. */
export function createImageReader(limits: PictureLimits): ImageReader {
  return {
    image: createSharpDecoder(limits).decode,
    canonical: (file, take) => canonicalPicture(file, limits, take),
    prepare(file, { manifest: { preparation, inputs } }, take) {
      const [input] = inputs;
      if (preparation.kind !== 'image' || !input) throw new RangeError('Expected an encoder of pictures');
      return readPicture(file, { limits, needed: preparation.size, take }, async (picture) => {
        const pixels = await fitted(picture, preparation);
        return {
          inputs: { [input.name]: normalised(pixels, preparation) },
          warnings: warningsOf(picture, pixels, 3),
        };
      });
    },
  };
}

/** Interleaved bytes [size, size, 3]: on white where the picture is transparent, also in the margins of `contain`. */
async function fitted({ open }: PictureFile, { size, fit }: ImagePreparation): Promise<Buffer> {
  return open()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(size, size, { fit, background: '#ffffff' })
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
}

/** Interleaved bytes → planes [3, size, size]: (value / 255 − mean) / deviation. */
function normalised(pixels: Buffer, { size, mean, deviation }: ImagePreparation): Tensor {
  const area = size * size;
  if (pixels.length !== 3 * area) throw new RangeError(`Expected ${3 * area} bytes, got ${pixels.length}`);
  const data = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * (deviation[c] as number));
    const offset = -(mean[c] as number) / (deviation[c] as number);
    for (let i = 0; i < area; i++) data[c * area + i] = (pixels[i * 3 + c] as number) * scale + offset;
  }
  return { shape: [3, size, size], data };
}
