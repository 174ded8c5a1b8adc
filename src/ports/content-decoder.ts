import type { Content } from '../domain/content.ts';
import type { InferredColumns } from '../domain/rows/infer-columns.ts';
import type { Warning } from '../domain/warning.ts';
import type { Encoder } from '../package/encoder/encoder.ts';
import type { ImagePreprocessing } from '../package/manifest.ts';
import type { Tensor, Tensors } from '../tensor.ts';

/** Reads contents in threads with a memory limit, so that no file blocks or exhausts the process. */
export interface ContentDecoder extends AsyncDisposable {
  /**
   * The canonical form: of limited size, without metadata, and equal for equal input.
   * @throws InnerloopError `invalid_image`, `invalid_audio`, `invalid_input`
   */
  canonical(content: Content, limits?: DecodeLimits): Promise<DecodedContent>;
  /** The inputs of the encoder's program, without their batch axis. @throws as `canonical` */
  prepare(content: Content, encoder: Encoder, limits?: DecodeLimits): Promise<Prepared>;
  /** For packages without an encoder: [channels, height, width] after the package's preprocessing. */
  image(file: Uint8Array, preprocessing: ImagePreprocessing, limits?: DecodeLimits): Promise<Tensor>;
  /** A small WebP of a picture: at most `side` pixels on each side. @throws as `canonical` */
  thumbnail(picture: Uint8Array, side: number, limits?: DecodeLimits): Promise<Uint8Array>;
  /** As `inferColumns`, of the bytes of contents that are rows. @throws as `inferColumns` */
  columns(rows: readonly Uint8Array[], limits?: DecodeLimits): Promise<InferredColumns>;
  /**
   * A smaller version of the picture, and one copy of it for each cell of a grid, row by row. In the copy, the cell has the
   * picture's mean colour.
   * @throws as `canonical`
   */
  masked(file: Uint8Array, grid: Grid, limits?: DecodeLimits): Promise<MaskedPictures>;
  /** A transparent PNG of contributions [rows × columns]: red where they are positive, blue where they are negative. */
  overlay(contributions: Float32Array, grid: Grid, limits?: DecodeLimits): Promise<Uint8Array>;
}

export type Grid = readonly [rows: number, columns: number];

export interface MaskedPictures {
  readonly whole: Uint8Array;
  readonly masked: readonly Uint8Array[];
}

export interface DecodeLimits {
  /** Awaited with the number of pixels or samples before they are decoded, or after it if they are few; may throw. */
  readonly take?: ((amount: number) => Promise<void>) | undefined;
  /** Predictions go before support sets, the default. */
  readonly urgency?: 'prediction' | 'support';
  /** Ends the wait for a thread. */
  readonly signal?: AbortSignal | undefined;
}

export interface DecodedContent {
  readonly content: Content;
  readonly warnings: readonly Warning[];
}

export interface Prepared {
  readonly inputs: Tensors;
  readonly warnings: readonly Warning[];
}
