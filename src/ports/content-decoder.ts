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
  /** As `inferColumns`, of the bytes of contents that are rows. @throws as `inferColumns` */
  columns(rows: readonly Uint8Array[], limits?: DecodeLimits): Promise<InferredColumns>;
}

export interface DecodeLimits {
  /** Awaited with the number of pixels or samples before they are decoded; may throw. */
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
