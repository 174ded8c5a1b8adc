import type { PredictionToKeep } from '../../../ports/stores/prediction-store.ts';
import { script } from '../script.ts';

export interface KeptRow extends PredictionToKeep {
  /** What it adds to the usage of its tenant. */
  readonly bytes: number;
}

/** The fields of a prediction, and its place in the orders. Answers the bytes that this frees. */
const DROP = `
local function drop(rows, order, expiry, task, id)
  local bytes = tonumber(redis.call('HGET', rows, 'b:' .. id) or '0')
  redis.call('ZREM', order, id)
  redis.call('ZREM', expiry, task .. '/' .. id)
  if redis.call('HDEL', rows, 'r:' .. id, 'c:' .. id, 'f:' .. id, 'b:' .. id, 'm:' .. id) == 0 then return 0 end
  redis.call('HINCRBY', rows, 'count', -1)
  redis.call('HINCRBY', rows, 'bytes', -bytes)
  return bytes
end
`;

/**
 * KEYS: task, rows, order, expiry, usage. ARGV: name of the task, maximum number of predictions, quota of bytes, then for each
 * prediction its id, times of creation and expiry in ms, record, content, features, bytes.
 */
export const putScript = script(`${DROP}
local task, rows, order, expiry, usage = unpack(KEYS)
if redis.call('EXISTS', task) == 0 then return { 'no-task' } end
local name, most, quota = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local n = (#ARGV - 3) / 7
local surplus = tonumber(redis.call('HGET', rows, 'count') or '0') + n - most
local old = surplus > 0 and redis.call('ZRANGE', order, 0, surplus - 1) or {}
local more = 0
for i = 1, n do more = more + tonumber(ARGV[3 + 7 * i]) end
for _, id in ipairs(old) do more = more - tonumber(redis.call('HGET', rows, 'b:' .. id) or '0') end
local used = tonumber(redis.call('HGET', usage, 'bytes') or '0')
if more > 0 and used + more > quota then return { 'over-quota', tostring(used), tostring(more) } end
for _, id in ipairs(old) do drop(rows, order, expiry, name, id) end
for i = 1, n do
  local at = 3 + 7 * (i - 1)
  local id, bytes = ARGV[at + 1], ARGV[at + 7]
  redis.call('HSET', rows, 'r:' .. id, ARGV[at + 4], 'c:' .. id, ARGV[at + 5], 'b:' .. id, bytes)
  if ARGV[at + 6] ~= '' then redis.call('HSET', rows, 'f:' .. id, ARGV[at + 6]) end
  redis.call('ZADD', order, ARGV[at + 2], id)
  redis.call('ZADD', expiry, ARGV[at + 3], name .. '/' .. id)
  redis.call('HINCRBY', rows, 'bytes', bytes)
end
redis.call('HINCRBY', rows, 'count', n)
redis.call('HSET', usage, 'bytes', math.max(0, used + more))
return { 'done' }
`);

/** KEYS: rows, order, expiry, usage. ARGV: name of the task, ids. The first write is a removal, which a full Redis allows. */
export const removeScript = script(`${DROP}
local rows, order, expiry, usage = unpack(KEYS)
local freed = 0
for i = 2, #ARGV do freed = freed + drop(rows, order, expiry, ARGV[1], ARGV[i]) end
if freed == 0 then return end
local used = tonumber(redis.call('HGET', usage, 'bytes') or '0')
redis.call('HSET', usage, 'bytes', math.max(0, used - freed))
`);

/** KEYS: task, rows. ARGV: the former outcomes (empty: none), the new ones, id of the prediction. */
export const replaceOutcomes = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 1 end
if (redis.call('HGET', KEYS[2], 'outcomes') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'outcomes', ARGV[2])
if redis.call('HEXISTS', KEYS[2], 'r:' .. ARGV[3]) == 1 then redis.call('HSET', KEYS[2], 'm:' .. ARGV[3], 1) end
return 1
`);
