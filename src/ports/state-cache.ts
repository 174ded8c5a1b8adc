import type { Tensors } from '../tensor.ts';

/** Adapted states by key. It may forget anything at any time, and never answers anything but what was put. */
export interface StateCache extends AsyncDisposable {
  get(key: string): Promise<Tensors | null>;
  put(key: string, state: Tensors): Promise<void>;
  delete(key: string): Promise<void>;
  has(key: string): Promise<boolean>;
}
