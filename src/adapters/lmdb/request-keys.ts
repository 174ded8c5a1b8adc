import {
  answeredBefore,
  expiryLimit,
  type IdempotencyKey,
  type KeyRecord,
  keyBytes,
} from '../../domain/idempotency.ts';
import { stringsUnder, type Tables } from './tables.ts';

type KeyTables = Pick<Tables, 'requestKeys' | 'requestKeysByTime'>;

/** Most that are removed in one transaction: it holds up every other write. */
const REMOVED_AT_ONCE = 1000;

/** Idempotency keys of tasks. All but `find` must run inside a write transaction. */
export function createRequestKeys({ requestKeys, requestKeysByTime }: KeyTables) {
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
    /** The id of the adaptation that was answered; see `answeredBefore`. */
    find: (prefix: readonly string[], idempotency: IdempotencyKey, now: string): string | null =>
      answeredBefore(requestKeys.get([...prefix, idempotency.key]), idempotency, now),

    /** The bytes that `record` takes beyond those of an expired one with its key. */
    moreBytes: (prefix: readonly string[], record: KeyRecord): number =>
      keyBytes(record) - keyBytes(requestKeys.get([...prefix, record.key])),

    put(prefix: readonly string[], record: KeyRecord): void {
      const expired = requestKeys.get([...prefix, record.key]);
      if (expired) remove(prefix, expired);
      requestKeys.put([...prefix, record.key], record);
      requestKeysByTime.put(timeKey(prefix, record), true);
    },

    /** Removes those of a deleted task. */
    clear(prefix: readonly string[]): void {
      for (const { value } of [...requestKeys.getRange(stringsUnder(prefix))]) remove(prefix, value);
    },

    hasExpired: (now: string): boolean => [...expired(now, 1)].length > 0,

    /** Removes some that have expired, and calls `removed` with the bytes of each. */
    removeExpired(now: string, removed: (tenant: string, task: string, bytes: number) => void): void {
      for (const [, tenant = '', task = '', key = ''] of expired(now, REMOVED_AT_ONCE)) {
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
