import type { ImagePreprocessing } from '../package/manifest.ts';
import type { Tensor } from '../tensor.ts';

/** Turns image files into network inputs. */
export interface ImageDecoder {
  /**
   * PNG, JPEG or WebP bytes → [channels, height, width] after the package's preprocessing.
   * @throws InnerloopError `invalid_image` for anything else, or when the picture has too many pixels.
   */
  decode(file: Uint8Array, preprocessing: ImagePreprocessing): Promise<Tensor>;
}
