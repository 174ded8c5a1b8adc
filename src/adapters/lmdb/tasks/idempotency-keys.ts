import {
  answeredBefore,
  expiryLimit,
  type IdempotencyKey,
  type KeyRecord,
  keyBytes,
} from '../../../domain/idempotency.ts';
import { stringsUnder, type Tables } from '../tables.ts';

type KeyTables = Pick<Tables, 'requestKeys' | 'requestKeysByTime'>;

/** Maximum number of keys removed in one transaction, because other writes wait for it. */
const MAX_REMOVED = 1000;

/** Idempotency keys of tasks. All but `find` must run inside a write transaction. */
export function createIdempotencyKeys({ requestKeys, requestKeysByTime }: KeyTables) {
  const timeKey = (prefix: readonly string[], { createdAt, key }: KeyRecord): [number, ...string[]] => [
    Date.parse(createdAt),
    ...prefix,
    key,
  ];

  function remove(prefix: readonly string[], record: KeyRecord): void {
    requestKeys.remove([...prefix, record.key]);
    requestKeysByTime.remove(timeKey(prefix, record));
  }

  return {
    /** The id of the adaptation that answered the first request with the key; see `answeredBefore`. */
    find: (prefix: readonly string[], idempotency: IdempotencyKey, now: string): string | null =>
      answeredBefore(requestKeys.get([...prefix, idempotency.key]), idempotency, now),

    /** The bytes that `record` adds. It replaces an expired record with the same key. */
    addedBytes: (prefix: readonly string[], record: KeyRecord): number =>
      keyBytes(record) - keyBytes(requestKeys.get([...prefix, record.key])),

    put(prefix: readonly string[], record: KeyRecord): void {
      const expired = requestKeys.get([...prefix, record.key]);
      if (expired) remove(prefix, expired);
      requestKeys.put([...prefix, record.key], record);
      requestKeysByTime.put(timeKey(prefix, record), true);
    },

    /** Removes the keys of a deleted task. */
    clear(prefix: readonly string[]): void {
      for (const { value } of [...requestKeys.getRange(stringsUnder(prefix))]) remove(prefix, value);
    },

    hasExpired: (now: string): boolean => [...expired(now, 1)].length > 0,

    /** Removes some expired keys, and calls `removed` with the bytes of each. */
    removeExpired(now: string, removed: (tenant: string, task: string, bytes: number) => void): void {
      for (const [, tenant = '', task = '', key = ''] of expired(now, MAX_REMOVED)) {
        const record = requestKeys.get([tenant, task, key]);
        if (!record) continue;
        remove([tenant, task], record);
        removed(tenant, task, keyBytes(record));
      }
    },
  };

  function expired(now: string, limit: number) {
    return [...requestKeysByTime.getKeys({ start: [0], end: [expiryLimit(now) + 1], limit })];
  }
}
