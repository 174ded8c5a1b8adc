import { randomBytes } from 'node:crypto';
import { createKeys, type KeysOptions } from '../../../src/service/keys/keys.ts';
import { createMemoryKeyStore } from '../../support/memory/key-store.ts';

export const START = Date.UTC(2026, 0, 1, 12, 0, 30);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** Opens keys over a store (default: in memory) with a clock that the test sets. */
export function openKeys(change: Partial<KeysOptions> = {}) {
  const store = change.store ?? createMemoryKeyStore();
  const time = { now: START };
  const errors: unknown[] = [];
  const options: KeysOptions = {
    store,
    clock: { now: () => new Date(time.now) },
    randomBytes,
    isAlwaysRequired: false,
    onError: (error) => errors.push(error),
    ...change,
  };
  return { keys: createKeys(options), another: () => createKeys(options), store, time, errors };
}
