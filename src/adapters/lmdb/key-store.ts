import type { ApiKey, KeyStore } from '../../ports/key-store.ts';
import { commit } from './commit.ts';
import { openSound } from './open-checked.ts';

/**
 * Keys in the folder `path`, an environment of its own that any number of processes may have open: the command line
 * writes while the server runs.
 */
export function createLmdbKeyStore({ path }: { readonly path: string }): KeyStore {
  const root = openSound(path, { maxDbs: 1, encoding: 'json' });
  const keys = root.openDB<ApiKey, string>({ name: 'keys', encoding: 'json' });

  /** A snapshot as of now: the one that LMDB has at hand may be older than another process's last write. */
  const fresh = () => {
    root.resetReadTxn();
    return keys;
  };
  const isEmpty = () => [...keys.getKeys({ limit: 1 })].length === 0;
  /** Until it is on the disk: a key that was handed out, or taken back, outlives a power cut. */
  const writeThrough = async <T>(work: () => T): Promise<T> => {
    const result = await commit(root, work);
    await root.flushed;
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
      await commit(root, () => {
        const key = keys.get(id);
        if (key !== undefined && at > (key.lastUsedAt ?? '')) keys.put(id, { ...key, lastUsedAt: at });
      });
    },
    async everHadKey() {
      fresh();
      return !isEmpty();
    },
    [Symbol.asyncDispose]: () => root.close(),
  };
}

/** Dates of one format sort as text. */
function byAge(a: ApiKey, b: ApiKey): number {
  const [x, y] = [a, b].map(({ createdAt, id }) => createdAt + id) as [string, string];
  return x < y ? -1 : Number(x > y);
}
