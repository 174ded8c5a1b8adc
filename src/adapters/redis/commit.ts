import { randomUUID } from 'node:crypto';

import { USAGE_FIELDS, type Usage, usageOf } from '../../domain/usage.ts';
import type { Redis } from './connection.ts';
import type { TaskKeys } from './keys.ts';
import { recordOf, type ScriptArgument, script } from './script.ts';

/** A Redis command without its name's case or key options: `['HSET', key, field, value]`. */
export type Write = readonly [command: string, key: string, ...args: ScriptArgument[]];

export interface Commit {
  readonly keys: TaskKeys;
  /** The task's etag as it was read; empty when there was no task. */
  readonly etag: string;
  /** The change of the tenant's usage. Totals that grow are checked against `quota`. */
  readonly usage: Usage;
  readonly quota: Usage;
  readonly writes: readonly Write[];
}

export type Committed =
  | { readonly kind: 'done' }
  /** Another process has changed the task since it was read. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'beyond'; readonly used: Usage };

/**
 * An optimistic transaction on one task: all of `writes`, or none when the task has changed since it was read or the
 * tenant would have more than its quota. What to write is decided by the caller, from what it has read: the script knows
 * etags and totals alone. The etag is random, because a task that was deleted and made again must not look unchanged.
 *
 * A full Redis refuses a script at its first write if that may need memory, and no longer after a write that it has let
 * through. So the caller's writes go first: a deletion begins by removing, and succeeds when Redis is full.
 */
const commitScript = script(`
local task, usage = KEYS[1], KEYS[2]
local expected, etag = ARGV[1], ARGV[2]
if (redis.call('HGET', task, 'etag') or '') ~= expected then return { 'conflict' } end

local at, totals, beyond = 3, {}, false
for i = 1, tonumber(ARGV[at]) do
  local field, more, most = ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local used = tonumber(redis.call('HGET', usage, field) or '0')
  if more > 0 and used + more > most then beyond = true end
  totals[i] = { field, used, math.max(0, used + more) }
  at = at + 3
end
if beyond then
  local answer = { 'beyond' }
  for _, total in ipairs(totals) do
    table.insert(answer, total[1])
    table.insert(answer, tostring(total[2]))
  end
  return answer
end

at = at + 1
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
if redis.call('EXISTS', task) == 1 then redis.call('HSET', task, 'etag', etag) end
for _, total in ipairs(totals) do redis.call('HSET', usage, total[1], total[3]) end
return { 'done' }
`);

export async function commit(redis: Redis, { keys, etag, usage, quota, writes }: Commit): Promise<Committed> {
  const limits = USAGE_FIELDS.filter((field) => usage[field] !== 0);
  const answer = (await commitScript(
    redis,
    [keys.task, keys.usage],
    [
      etag,
      randomUUID(),
      limits.length,
      ...limits.flatMap((field) => [field, usage[field], quota[field]]),
      ...writes.flatMap((write) => [write.length, ...write]),
    ],
  )) as string[];
  const [kind, ...rest] = answer;
  if (kind !== 'beyond') return { kind: kind as 'done' | 'conflict' };
  const totals = recordOf(rest);
  return { kind, used: usageOf((field) => Number(totals[field] ?? 0)) };
}
