import type { Warning } from '../../domain/warning.ts';
import type { ImagePreparation } from '../../package/encoder.ts';
import type { Tensor } from '../../tensor.ts';
import type { ContentReader } from '../decoding/content-reader.ts';
import { canonicalPicture } from './canonical/canonical-picture.ts';
import type { PictureLimits } from './limits.ts';
import { type PictureFile, readPicture } from './picture-file.ts';
import { warningsOf } from './picture-warnings.ts';

/** Reads photos for encoders. */
export function createImageReader(limits: PictureLimits): ContentReader {
  return {
    canonical: (file, take) => canonicalPicture(file, limits, take),
    prepare(file, { manifest: { preparation, inputs } }, take) {
      const [input] = inputs;
      if (preparation.kind !== 'image' || !input) throw new RangeError('Expected an encoder of pictures');
      return readPicture(file, { limits, needed: preparation.size, take }, async (picture) => {
        const pixels = await fitted(picture, preparation);
        return {
          inputs: { [input.name]: normalised(pixels, preparation) },
          warnings: [...warningsOf(picture.header, pixels, 3)] satisfies Warning[],
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
