import type { ImageReader } from '../decoding/content-reader.ts';
import { canonicalPicture } from './canonical/canonical-picture.ts';
import { createSharpDecoder } from './decoder.ts';
import { fitted, neededSide, normalised } from './fit-picture.ts';
import { maskedPictures, overlayOf } from './masks.ts';
import type { PictureLimits } from './picture-cost.ts';
import { readPicture } from './picture-file.ts';
import { warningsOf } from './picture-warnings.ts';
import { thumbnail } from './thumbnail.ts';

/** Reads pictures: photos for encoders, and what packages without an encoder prepare themselves. */
export function createImageReader(limits: PictureLimits): ImageReader {
  return {
    image: createSharpDecoder(limits).decode,
    masked: (file, grid, take) => maskedPictures(file, grid, limits, take),
    overlay: overlayOf,
    canonical: (file, take) => canonicalPicture(file, limits, take),
    thumbnail: (file, side, take) => thumbnail(file, side, { limits, take }),
    prepare(file, { manifest: { preparation, inputs } }, take) {
      const [input] = inputs;
      if (preparation.kind !== 'image' || !input) throw new RangeError('Expected an encoder of pictures');
      const needed = neededSide(preparation);
      return readPicture(file, { limits, needed, take }, async (picture) => {
        const pixels = await fitted(picture, preparation);
        return {
          inputs: { [input.name]: normalised(pixels, preparation) },
          warnings: warningsOf(picture, pixels, 3),
        };
      });
    },
  };
}
