import { LRUCache } from 'lru-cache';
import type { StateCache } from '../../../src/ports/stores/state-cache.ts';
import { bytesOf, copyOf, mapTensors, type Tensors } from '../../../src/tensor.ts';

/** A reference implementation of `StateCache` in memory, which evicts the least recently used states. */
export function createMemoryStateCache({ maxBytes }: { readonly maxBytes: number }): StateCache {
  const states = new LRUCache<string, Tensors>({
    maxSize: maxBytes,
    sizeCalculation: (state) => bytesOf(state) + 1,
  });
  return {
    tier: 'cache',
    async get(key) {
      const state = states.get(key);
      return state ? mapTensors(state, copyOf) : null;
    },
    async put(key, state) {
      states.set(key, mapTensors(state, copyOf));
    },
    async delete(key) {
      states.delete(key);
    },
    has: async (key) => states.has(key),
    async deleteTenant(tenant) {
      for (const key of [...states.keys()]) if (key.startsWith(`${tenant}/`)) states.delete(key);
    },
    async [Symbol.asyncDispose]() {},
  };
}
