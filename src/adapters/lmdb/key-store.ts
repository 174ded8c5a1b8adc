import type { ApiKey, KeyStore } from '../../ports/key-store.ts';
import { openEnvironment } from './environment.ts';

/**
 * Keys in the folder `path`, in a separate environment. Several processes may open it: the command line writes keys while
 * the server runs.
 */
export function createLmdbKeyStore({ path }: { readonly path: string }): KeyStore {
  const environment = openEnvironment({ path, maxDbs: 1 });
  const keys = environment.table<ApiKey, string>('keys', 'json');

  /** The table with the latest writes of other processes. Without a refresh, LMDB may read an older snapshot. */
  const fresh = () => {
    environment.refresh();
    return keys;
  };
  const isEmpty = () => [...keys.getKeys({ limit: 1 })].length === 0;
  /** Waits for the disk, so that a created or revoked key stays so after a power cut. */
  const writeThrough = async <T>(work: () => T): Promise<T> => {
    const result = await environment.commit(work);
    await environment.flushed();
    return result;
  };

  return {
    async add(key) {
      await writeThrough(() => keys.put(key.id, key));
    },
    addFirst: (key) =>
      writeThrough(() => {
        if (!isEmpty()) return false;
        keys.put(key.id, key);
        return true;
      }),
    async find(id) {
      return fresh().get(id) ?? null;
    },
    async list(tenant) {
      const all = [...fresh().getRange()].map(({ value }) => value);
      return all.filter((key) => tenant === undefined || key.tenant === tenant).sort(byAge);
    },
    revoke: (id, at) =>
      writeThrough(() => {
        const key = keys.get(id);
        if (key === undefined) return null;
        const revoked = { ...key, revokedAt: key.revokedAt ?? at };
        keys.put(id, revoked);
        return revoked;
      }),
    async touch(id, at) {
      await environment.commit(() => {
        const key = keys.get(id);
        if (key !== undefined && at > (key.lastUsedAt ?? '')) keys.put(id, { ...key, lastUsedAt: at });
      });
    },
    async everHadKey() {
      fresh();
      return !isEmpty();
    },
    [Symbol.asyncDispose]: environment.close,
  };
}

/** The dates have one format, so they can be compared as text. */
function byAge(a: ApiKey, b: ApiKey): number {
  const [x, y] = [a, b].map(({ createdAt, id }) => createdAt + id) as [string, string];
  return x < y ? -1 : Number(x > y);
}
