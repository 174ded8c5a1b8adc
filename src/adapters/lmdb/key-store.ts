import { ALL_SCOPES } from '../../domain/keys/scope.ts';
import type { ApiKey, KeyStore, TenantDeletion } from '../../ports/stores/key-store.ts';
import { openEnvironment } from './environment.ts';

/**
 * Keys in the folder `path`, in a separate environment. Several processes may open it: the command line writes keys while
 * the server runs.
 */
export function createLmdbKeyStore({ path }: { readonly path: string }): KeyStore {
  const environment = openEnvironment({ path, maxDbs: 3 });
  const keys = environment.table<StoredKey, string>('keys', 'json');
  /** Has an entry once the keys of a tenant were deleted. Then a key has existed, even if `keys` is empty. */
  const deleted = environment.table<true, string>('deleted', 'json');
  const deletions = environment.table<TenantDeletion, string>('deletions', 'json');

  /** The table with the latest writes of other processes. Without a refresh, LMDB may read an older snapshot. */
  const fresh = () => {
    environment.refresh();
    return keys;
  };
  const isEmpty = () => [...keys.getKeys({ limit: 1 })].length === 0 && !deleted.doesExist('any');
  /** Waits for the disk, so that a created or revoked key stays so after a power cut. */
  const writeThrough = async <T>(work: () => T, effect?: 'frees'): Promise<T> => {
    const result = await environment.commit(work, effect);
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
      const stored = fresh().get(id);
      return stored ? readKey(stored) : null;
    },
    async list(tenant) {
      const all = [...fresh().getRange()].map(({ value }) => readKey(value));
      return all.filter((key) => tenant === undefined || key.tenant === tenant).sort(byAge);
    },
    revoke: (id, at) =>
      writeThrough(() => {
        const key = keys.get(id);
        if (key === undefined) return null;
        const revoked = { ...readKey(key), revokedAt: key.revokedAt ?? at };
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
    async deleteTenant(tenant) {
      await writeThrough(() => {
        const own = [...keys.getRange()].filter(({ value }) => value.tenant === tenant);
        if (own.length > 0) deleted.put('any', true);
        for (const { key } of own) keys.remove(key);
      }, 'frees');
    },
    async putDeletion(deletion) {
      await writeThrough(() => deletions.put(deletion.tenant, deletion), 'frees');
    },
    async deletions() {
      fresh();
      return [...deletions.getRange()].map(({ value }) => value);
    },
    async removeDeletion(tenant) {
      await writeThrough(() => deletions.remove(tenant));
    },
    [Symbol.asyncDispose]: environment.close,
  };
}

/** Versions before 0.3 stored no scopes. */
type StoredKey = Omit<ApiKey, 'scopes'> & Partial<Pick<ApiKey, 'scopes'>>;

const readKey = (stored: StoredKey): ApiKey => ({ ...stored, scopes: stored.scopes ?? ALL_SCOPES });

/** The dates have one format, so they can be compared as text. */
function byAge(a: ApiKey, b: ApiKey): number {
  const [x, y] = [a, b].map(({ createdAt, id }) => createdAt + id) as [string, string];
  return x < y ? -1 : Number(x > y);
}
