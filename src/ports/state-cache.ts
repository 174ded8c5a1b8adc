import type { Tensors } from '../tensor.ts';

/**
 * Adapted states by key. It may forget anything at any time, and never answers anything but what was put.
 * Implementations must pass `test/support/contracts/state-cache.ts`.
 */
export interface StateCache extends AsyncDisposable {
  /** What it is called where cached states are counted, in a word: where they are. */
  readonly tier: string;
  get(key: string): Promise<Tensors | null>;
  /** Reads the tensors before it returns; afterwards the caller may do with them as it likes. */
  put(key: string, state: Tensors): Promise<void>;
  delete(key: string): Promise<void>;
  has(key: string): Promise<boolean>;
}
