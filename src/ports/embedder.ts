import type { Encoder } from '../package/encoder/encoder.ts';
import type { Tensor, Tensors } from '../tensor.ts';

/**
 * Runs frozen encoders. Requests of all tasks and tenants share runs: rows are independent, so an answer does not depend on
 * the other rows beyond rounding (1e-5).
 */
export interface Embedder extends AsyncDisposable {
  /** Loads an encoder. Idempotent per digest. @throws InnerloopError `invalid_package` */
  load(encoder: Encoder): Promise<void>;
  /**
   * Features [d] of one prepared content.
   * @throws InnerloopError `unavailable` when the thread stops; the reason of `signal` when it aborts
   */
  embed(run: EmbedRun): Promise<Tensor>;
}

/** Predictions go before support sets. */
export const URGENCIES = ['prediction', 'support'] as const;
export type Urgency = (typeof URGENCIES)[number];

export interface EmbedRun {
  /** Digest of a loaded encoder. */
  readonly encoder: string;
  /** The encoder's inputs by name, without their batch axis. The caller must not use them afterwards. */
  readonly inputs: Tensors;
  readonly urgency: Urgency;
  /** For whom it runs. Owners take turns, so that a large support set does not delay others. */
  readonly owner: string;
  readonly signal?: AbortSignal | undefined;
}
