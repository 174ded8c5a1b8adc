import { randomUUID } from 'node:crypto';
import { createKeyedMutex } from '../../../concurrency/keyed-mutex.ts';
import type { Content } from '../../../domain/content.ts';
import {
  checkQuota,
  NOTHING_USED,
  type Quota,
  USAGE_FIELDS,
  type Usage,
  usageOf,
} from '../../../domain/usage.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { type TaskKeys, TENANTS } from '../key-names.ts';
import { script } from '../script.ts';
import { chunks, type Write } from './writes.ts';

/** The writes of an operation, and its answer when they are committed. */
export interface Decision<T> {
  readonly answer: T;
  readonly usage?: Partial<Usage>;
  readonly writes: readonly Write[];
  /** Contents that the task begins to use, and those that it no longer uses; see `contents.ts`. */
  readonly holds?: readonly Hold[];
  /** Keys of contents. */
  readonly releases?: readonly string[];
}

/** A content that a task begins to use. */
export interface Hold {
  readonly key: string;
  readonly content: Content;
}

/** Reads fields of the task's hash. All fields that one decision reads have the same etag. */
export type Read = (...fields: string[]) => Promise<(string | null | undefined)[]>;

/** Runs `decide` and commits its writes. Repeats this when another process has changed the task in between. */
export type Change = <T>(
  keys: TaskKeys,
  tenant: string,
  decide: (read: Read) => Promise<Decision<T>>,
) => Promise<T>;

/** @throws InnerloopError `quota_exceeded`, `unavailable` */
export function createChange(redis: Redis, quota: Quota): { change: Change } & Disposable {
  // Without the mutex, concurrent changes of this process to one task would conflict and repeat.
  const mutex = createKeyedMutex();
  const known = new Set<string>();
  // After a restart, Redis may have lost the registrations of the last second.
  const forget = () => known.clear();
  redis.on('ready', forget);

  const change: Change = (keys, tenant, decide) =>
    mutex(keys.task, () =>
      withStoreErrors(async () => {
        for (;;) {
          let etag: string | undefined;
          const read: Read = async (...fields) => {
            const [found, ...values] = await redis.hmget(keys.task, 'etag', ...fields);
            etag ??= found ?? '';
            return values;
          };
          const { answer, writes, usage, holds = [], releases = [] } = await decide(read);
          if (writes.length === 0) return answer;
          // Not for a deletion: it needs no registration, and a full Redis would refuse the registration.
          if ((usage?.tasks ?? 0) >= 0) await register(tenant);
          const transaction: Commit = {
            keys,
            etag: etag ?? '',
            usage: { ...NOTHING_USED, ...usage },
            quota,
            writes,
            holds,
            releases,
          };
          const committed = await commit(redis, transaction);
          if (committed.kind === 'done') return answer;
          if (committed.kind === 'over-quota') checkQuota(committed.used, committed.added, quota);
        }
      }),
    );
  return { change, [Symbol.dispose]: () => void redis.off('ready', forget) };

  /**
   * Adds the tenant to the list of tenants. Call it before the tenant's first write: tasks of an unlisted tenant are never
   * resumed, and a listed tenant without tasks is harmless.
   */
  async function register(tenant: string): Promise<void> {
    if (known.has(tenant)) return;
    await redis.sadd(TENANTS, tenant);
    known.add(tenant);
  }
}

interface Commit {
  readonly keys: TaskKeys;
  /** The task's etag as it was read; empty when there was no task. */
  readonly etag: string;
  /** The change of the tenant's usage. Only fields that increase are checked against `quota`. */
  readonly usage: Usage;
  readonly quota: Usage;
  readonly writes: readonly Write[];
  readonly holds: readonly Hold[];
  readonly releases: readonly string[];
}

type Committed =
  | { readonly kind: 'done' }
  /** Another process has changed the task since it was read. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'over-quota'; readonly used: Usage; readonly added: Usage };

/**
 * An optimistic transaction on one task. It makes no write when the task has changed since it was read, or when the tenant
 * would exceed its quota. The caller reads the task and decides what to write; the script checks only the etag and the
 * totals. The etag is random, so that a task that was deleted and created again does not look unchanged.
 *
 * Contents belong to the tenant, and many tasks may begin or end to use one at the same time. So only the script decides
 * whether a content is new (its bytes are added) or used no more (it is removed).
 *
 * A full Redis checks memory only at a script's first write. If that write is allowed, so are all later ones. So the
 * caller's writes come first: a deletion starts with a removal, and therefore succeeds in a full Redis.
 */
const commitScript = script(`
local task, usage = KEYS[1], KEYS[2]
local expected, etag = ARGV[1], ARGV[2]
if (redis.call('HGET', task, 'etag') or '') ~= expected then return { 'conflict' } end

local at = 2
local function take()
  at = at + 1
  return ARGV[at]
end

local contentBytes, holds, releases = 0, {}, {}
for i = 1, tonumber(take()) do
  local key, kind, data = take(), take(), take()
  local isNew = redis.call('EXISTS', key) == 0
  if isNew then contentBytes = contentBytes + #data end
  holds[i] = { key, kind, data, isNew }
end
for i = 1, tonumber(take()) do
  local key = take()
  local uses, bytes = unpack(redis.call('HMGET', key, 'uses', 'bytes'))
  local isLast = tonumber(uses or '1') <= 1
  if isLast then contentBytes = contentBytes - tonumber(bytes or '0') end
  releases[i] = { key, isLast }
end

local totals, isOver = {}, false
for i = 1, tonumber(take()) do
  local field, more, most = take(), tonumber(take()), tonumber(take())
  if field == 'bytes' then more = more + contentBytes end
  local used = tonumber(redis.call('HGET', usage, field) or '0')
  if more > 0 and used + more > most then isOver = true end
  totals[i] = { field, used, math.max(0, used + more), more }
end
if isOver then
  local answer = { 'over-quota' }
  for _, total in ipairs(totals) do
    table.insert(answer, total[1])
    table.insert(answer, tostring(total[2]))
    table.insert(answer, tostring(total[4]))
  end
  return answer
end

at = at + 1
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
for _, hold in ipairs(holds) do
  local key, kind, data, isNew = unpack(hold)
  if isNew then redis.call('HSET', key, 'kind', kind, 'data', data, 'bytes', #data) end
  redis.call('HINCRBY', key, 'uses', 1)
end
for _, release in ipairs(releases) do
  if release[2] then redis.call('UNLINK', release[1]) else redis.call('HINCRBY', release[1], 'uses', -1) end
end
if redis.call('EXISTS', task) == 1 then redis.call('HSET', task, 'etag', etag) end
for _, total in ipairs(totals) do redis.call('HSET', usage, total[1], total[3]) end
return { 'done' }
`);

async function commit(redis: Redis, commit: Commit): Promise<Committed> {
  const { keys, etag, usage, quota, writes, holds, releases } = commit;
  const touched = holds.length + releases.length > 0;
  const limits = USAGE_FIELDS.filter((field) => usage[field] !== 0 || (touched && field === 'bytes'));
  const answer = (await commitScript(
    redis,
    [keys.task, keys.usage],
    [
      etag,
      randomUUID(),
      holds.length,
      ...holds.flatMap(({ key, content: { kind, bytes } }) => [key, kind, Buffer.from(bytes)]),
      releases.length,
      ...releases,
      limits.length,
      ...limits.flatMap((field) => [field, usage[field], quota[field]]),
      ...writes.flatMap((write) => [write.length, ...write]),
    ],
  )) as string[];
  const [kind, ...rest] = answer;
  if (kind !== 'over-quota') return { kind: kind as 'done' | 'conflict' };
  const totals = new Map(chunks(rest, 3).map(([field, ...numbers]) => [field, numbers.map(Number)]));
  const nth = (n: number) => usageOf((field) => totals.get(field)?.[n] ?? 0);
  return { kind, used: nth(0), added: nth(1) };
}
