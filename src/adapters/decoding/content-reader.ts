import type { Warning } from '../../domain/warning.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ImagePreprocessing } from '../../package/manifest.ts';
import type { Grid, MaskedPictures, Prepared } from '../../ports/content-decoder.ts';
import type { Tensor } from '../../tensor.ts';

/**
 * Reads one kind of content. It runs in a decoding thread, so it may block, but its memory must have a limit of its own:
 * the limit of the thread does not count buffers.
 */
export interface ContentReader {
  /** The canonical form of a file or text. @throws InnerloopError when it is not of this kind, or damaged */
  canonical(bytes: Uint8Array, take: Take): Promise<CanonicalBytes>;
  /** The encoder's inputs without their batch axis; each owns its memory. @throws as `canonical` */
  prepare(bytes: Uint8Array, encoder: Encoder, take: Take): Promise<Prepared>;
}

export interface ImageReader extends ContentReader {
  /** For packages without an encoder. @throws as `canonical` */
  image(bytes: Uint8Array, preprocessing: ImagePreprocessing, take: Take): Promise<Tensor>;
  /** A WebP of at most `side` pixels on each side. @throws as `canonical` */
  thumbnail(bytes: Uint8Array, side: number, take: Take): Promise<Uint8Array>;
  /** As `ContentDecoder.masked`. */
  masked(bytes: Uint8Array, grid: Grid, take: Take): Promise<MaskedPictures>;
  /** As `ContentDecoder.overlay`. */
  overlay(contributions: Float32Array, grid: Grid): Promise<Uint8Array>;
}

/**
 * Counts pixels or samples in the budget of the request. Rejects if they are too many. It is called before decoding; only a
 * small amount is counted afterwards.
 */
export type Take = (amount: number) => Promise<void>;

export interface CanonicalBytes {
  readonly bytes: Uint8Array;
  readonly warnings: readonly Warning[];
}
