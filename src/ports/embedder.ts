import type { Encoder } from '../package/encoder.ts';
import type { Tensor, Tensors } from '../tensor.ts';

/**
 * Runs frozen encoders. Requests of all tasks and tenants share runs; rows are independent, so an answer does not depend
 * on the other rows beyond rounding (1e-5).
 */
export interface Embedder extends AsyncDisposable {
  /** Loads an encoder. Idempotent per digest. @throws InnerloopError `invalid_package` */
  load(encoder: Encoder): Promise<void>;
  /** Features [d] of one prepared content. */
  embed(run: EmbedRun): Promise<Tensor>;
}

export interface EmbedRun {
  /** Digest of a loaded encoder. */
  readonly encoder: string;
  /** The encoder's inputs by name, without their batch axis. The caller must not use them afterwards. */
  readonly inputs: Tensors;
  /** Predictions go before support sets. */
  readonly urgency: 'prediction' | 'support';
  readonly signal?: AbortSignal | undefined;
}
