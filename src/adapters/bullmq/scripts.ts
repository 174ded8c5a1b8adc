import { script } from '../redis/script.ts';

/**
 * Lua, each atomic. What they keep, all of it in one slot of a cluster:
 *
 *     tenants         list: those with waiting refs, the next first
 *     waiting:TENANT  sorted set: its waiting refs, by the order they came in
 *     states          hash: ref → `waiting` | `running:TURN` | `again:TURN`, the last submitted once more while it ran
 *     claims          hash: turn → ref
 *
 * A cancellation that is on its way names a turn. It can hit no other run: a turn whose ref was cancelled ends without
 * another.
 */
const COMMON = `
local tenants, states, claims, sequence, waitingPrefix, jobPrefix, cancellations = unpack(KEYS)

local function waitingOf(ref)
  local tenant = cjson.decode(ref)[1]
  return waitingPrefix .. tenant, tenant
end

local function turnOf(ref)
  return string.match(redis.call('HGET', states, ref) or '', '^%a+:(.+)$')
end

local function exists(turn)
  return redis.call('EXISTS', jobPrefix .. turn) == 1
end

local function enqueue(ref)
  local waiting, tenant = waitingOf(ref)
  redis.call('HSET', states, ref, 'waiting')
  redis.call('ZADD', waiting, redis.call('INCR', sequence), ref)
  if redis.call('ZCARD', waiting) == 1 then redis.call('RPUSH', tenants, tenant) end
end
`;

/** ref → 1 if it waits now and did not before. */
export const SUBMIT = script(`${COMMON}
local ref = ARGV[1]
if redis.call('HGET', states, ref) == 'waiting' then return 0 end
local turn = turnOf(ref)
if turn and exists(turn) then
  redis.call('HSET', states, ref, 'again:' .. turn)
  return 0
end
if turn then redis.call('HDEL', claims, turn) end
enqueue(ref)
return 1
`);

/** turn → the ref it bears, else the next that waits, else nil. */
export const CLAIM = script(`${COMMON}
local turn = ARGV[1]
local ref = redis.call('HGET', claims, turn)
if ref then
  if turnOf(ref) == turn then
    redis.call('HSET', states, ref, 'running:' .. turn)
    return ref
  end
  redis.call('HDEL', claims, turn)
  return false
end
if not exists(turn) then return false end
local tenant = redis.call('LPOP', tenants)
if not tenant then return false end
local waiting = waitingPrefix .. tenant
ref = redis.call('ZPOPMIN', waiting)[1]
if redis.call('ZCARD', waiting) > 0 then redis.call('RPUSH', tenants, tenant) end
redis.call('HSET', states, ref, 'running:' .. turn)
redis.call('HSET', claims, turn, ref)
return ref
`);

/** turn, whose handler has returned → 1 if its ref waits once more. */
export const RELEASE = script(`${COMMON}
local turn = ARGV[1]
local ref = redis.call('HGET', claims, turn)
if not ref then return 0 end
redis.call('HDEL', claims, turn)
if turnOf(ref) ~= turn then return 0 end
if redis.call('HGET', states, ref) == 'again:' .. turn then
  enqueue(ref)
  return 1
end
redis.call('HDEL', states, ref)
return 0
`);

/** ref → the turn that runs it and is told to stop, or nil. */
export const CANCEL = script(`${COMMON}
local ref = ARGV[1]
local turn = turnOf(ref)
if redis.call('HDEL', states, ref) == 0 then return false end
if turn then
  redis.call('PUBLISH', cancellations, turn)
  return turn
end
local waiting, tenant = waitingOf(ref)
redis.call('ZREM', waiting, ref)
if redis.call('ZCARD', waiting) == 0 then redis.call('LREM', tenants, 0, tenant) end
return false
`);

/** Lets refs wait again whose turn is gone → how many turns are missing for those that wait. */
export const MEND = script(`${COMMON}
local borne = 0
local claimed = redis.call('HGETALL', claims)
for i = 1, #claimed, 2 do
  local turn, ref = claimed[i], claimed[i + 1]
  local own = turnOf(ref) == turn
  if exists(turn) then
    if own then borne = borne + 1 end
  else
    redis.call('HDEL', claims, turn)
    if own then enqueue(ref) end
  end
end
local turns = redis.call('LLEN', jobPrefix .. 'wait') + redis.call('LLEN', jobPrefix .. 'active')
  + redis.call('ZCARD', jobPrefix .. 'delayed')
local free = turns - redis.call('HLEN', claims)
return math.max(0, redis.call('HLEN', states) - borne - free)
`);
