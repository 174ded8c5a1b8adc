import type { ApiKey, KeyStore, TenantDeletion } from '../../../src/ports/stores/key-store.ts';

/** A reference implementation of `KeyStore` in memory. */
export function createMemoryKeyStore(): KeyStore {
  const keys = new Map<string, ApiKey>();
  const deletions = new Map<string, TenantDeletion>();
  let hadKey = false;
  return {
    async add(key) {
      keys.set(key.id, key);
      hadKey = true;
    },
    async addFirst(key) {
      if (hadKey) return false;
      keys.set(key.id, key);
      hadKey = true;
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
    everHadKey: async () => hadKey,
    async deleteTenant(tenant) {
      for (const key of [...keys.values()]) if (key.tenant === tenant) keys.delete(key.id);
    },
    async putDeletion(deletion) {
      deletions.set(deletion.tenant, deletion);
    },
    deletions: async () => [...deletions.values()],
    async removeDeletion(tenant) {
      deletions.delete(tenant);
    },
    async [Symbol.asyncDispose]() {},
  };
}
