import type { ImagePreprocessing } from '../package/manifest.ts';
import type { Tensor } from '../tensor.ts';

/** Turns image files into network inputs. */
export interface ImageDecoder {
  /**
   * PNG, JPEG or WebP bytes → [channels, height, width] after the package's preprocessing.
   * @throws InnerloopError `invalid_image` for anything else, or when the picture has too many pixels.
   * `takePixels` is awaited with the number of pixels before they are decoded, and may throw.
   */
  decode(
    file: Uint8Array,
    preprocessing: ImagePreprocessing,
    takePixels?: (pixels: number) => Promise<void>,
  ): Promise<Tensor>;
}
