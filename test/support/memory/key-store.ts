import type { ApiKey, KeyStore } from '../../../src/ports/key-store.ts';

/** A reference implementation of `KeyStore` in memory. */
export function createMemoryKeyStore(): KeyStore {
  const keys = new Map<string, ApiKey>();
  return {
    async add(key) {
      keys.set(key.id, key);
    },
    async addFirst(key) {
      if (keys.size > 0) return false;
      keys.set(key.id, key);
      return true;
    },
    find: async (id) => keys.get(id) ?? null,
    async list(tenant) {
      const found = [...keys.values()].filter((key) => tenant === undefined || key.tenant === tenant);
      return found.sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));
    },
    async revoke(id, at) {
      const key = keys.get(id);
      if (!key) return null;
      const revoked = { ...key, revokedAt: key.revokedAt ?? at };
      keys.set(id, revoked);
      return revoked;
    },
    async touch(id, at) {
      const key = keys.get(id);
      if (key && at > (key.lastUsedAt ?? '')) keys.set(id, { ...key, lastUsedAt: at });
    },
    everHadKey: async () => keys.size > 0,
    async [Symbol.asyncDispose]() {},
  };
}
