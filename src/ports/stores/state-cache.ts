import type { Tensors } from '../../tensor.ts';
import type { TenantData } from './tenant-data.ts';

/**
 * A cache of adapted states. A key is `tenant/name`. An entry can disappear at any time, but a hit is always equal to what was put.
 * Implementations must pass `test/support/contracts/state-cache.ts`.
 */
export interface StateCache extends TenantData, AsyncDisposable {
  /** Label of this cache in metrics: the place of the states, such as `disk`. */
  readonly tier: string;
  get(key: string): Promise<Tensors | null>;
  /** Copies the tensors before it returns, so the caller may change them afterwards. */
  put(key: string, state: Tensors): Promise<void>;
  delete(key: string): Promise<void>;
  has(key: string): Promise<boolean>;
}
