import { expiryLimit, isExpired, type KeyRecord, keyBytes } from '../../../domain/idempotency.ts';
import type { Redis } from '../connection.ts';
import { type TaskKeys, TENANTS, taskKeys, tenantKeys } from '../key-names.ts';
import type { Change } from './change.ts';
import { MAX_MEMBERS, removeMembers, type Write } from './writes.ts';

/** The field of a task's hash that holds an idempotency key. */
export const keyField = (key: string) => `i:${key}`;

export function writeKey(keys: TaskKeys, task: string, record: KeyRecord): readonly Write[] {
  return [
    ['HSET', keys.task, keyField(record.key), JSON.stringify(record)],
    ['ZADD', keys.requestKeys, Date.parse(record.createdAt), `${task}/${record.key}`],
  ];
}

/**
 * Removes the keys of a deleted task from the tenant's list. `fields` are those of the task's hash, which the caller
 * removes.
 */
export function forgetKeys(fields: readonly string[], keys: TaskKeys, task: string): readonly Write[] {
  const members = namesIn(fields, 'i:').map((key) => `${task}/${key}`);
  return removeMembers(keys.requestKeys, members);
}

/** The names in fields that begin with `prefix`. */
export function namesIn(fields: readonly string[], prefix: string): readonly string[] {
  return fields.filter((field) => field.startsWith(prefix)).map((field) => field.slice(prefix.length));
}

/** Removes the idempotency keys of all tenants that have expired by `now`. */
export async function removeExpiredIdempotencyKeys(redis: Redis, change: Change, now: string): Promise<void> {
  const range = ['-inf', String(expiryLimit(now)), 'BYSCORE', 'LIMIT', 0, MAX_MEMBERS] as const;
  const removeOf = async (tenant: string): Promise<void> => {
    const members = await redis.zrange(tenantKeys(tenant).requestKeys, ...range);
    for (const [task, names] of byTask(members)) await removeKeys(change, tenant, task, names, now);
    if (members.length === MAX_MEMBERS) await removeOf(tenant);
  };
  await Promise.all((await redis.smembers(TENANTS)).map(removeOf));
}

async function removeKeys(
  change: Change,
  tenant: string,
  task: string,
  names: readonly string[],
  now: string,
) {
  const keys = taskKeys(tenant, task);
  await change(keys, tenant, async (read) => {
    const texts = await read(...names.map(keyField));
    const records = texts.map((text): KeyRecord | null => (text ? JSON.parse(text) : null));
    // Keep a key that was used again after it expired: its record is new.
    const gone = names.filter((_, i) => !records[i] || isExpired(records[i], now));
    const expired = records.filter((record) => record !== null).filter((record) => isExpired(record, now));
    const bytes = expired.reduce((sum, record) => sum - keyBytes(record), 0);
    const fields = expired.map(({ key }) => keyField(key));
    const writes: Write[] = [
      ...removeMembers(
        keys.requestKeys,
        gone.map((key) => `${task}/${key}`),
      ),
    ];
    if (fields.length > 0) {
      writes.push(['HDEL', keys.task, ...fields], ['HINCRBY', keys.task, 'bytes', bytes]);
    }
    return { answer: undefined, usage: { bytes }, writes };
  });
}

/** Groups the names of keys by task. A task id contains no slash, but a key may. */
function byTask(members: readonly string[]): ReadonlyMap<string, string[]> {
  const tasks = new Map<string, string[]>();
  for (const member of members) {
    const slash = member.indexOf('/');
    const task = member.slice(0, slash);
    tasks.set(task, [...(tasks.get(task) ?? []), member.slice(slash + 1)]);
  }
  return tasks;
}
