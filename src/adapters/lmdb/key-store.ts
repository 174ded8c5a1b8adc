import type { ApiKey, KeyStore } from '../../ports/key-store.ts';
import { openEnvironment } from './environment.ts';

/**
 * Keys in the folder `path`, an environment of its own that any number of processes may have open: the command line
 * writes while the server runs.
 */
export function createLmdbKeyStore({ path }: { readonly path: string }): KeyStore {
  const environment = openEnvironment({ path, maxDbs: 1 });
  const keys = environment.table<ApiKey, string>('keys', 'json');

  /** Without a refresh LMDB may read a snapshot from before another process's last write. */
  const fresh = () => {
    environment.refresh();
    return keys;
  };
  const isEmpty = () => [...keys.getKeys({ limit: 1 })].length === 0;
  /** Waits for the disk: a key that was created or revoked stays so after a power cut. */
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

/** Dates of one format sort as text. */
function byAge(a: ApiKey, b: ApiKey): number {
  const [x, y] = [a, b].map(({ createdAt, id }) => createdAt + id) as [string, string];
  return x < y ? -1 : Number(x > y);
}
