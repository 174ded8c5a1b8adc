import { script } from '../redis/script.ts';

/**
 * Lua scripts. Each is atomic. They use these keys, all in one slot of a cluster:
 *
 *     tenants         list: tenants with waiting refs; the next tenant is first
 *     waiting:TENANT  sorted set: its waiting refs, in order of arrival
 *     states          hash: ref → `waiting` | `running:LEASE` | `again:LEASE` (submitted again while it ran)
 *     claims          hash: lease → ref
 *     needs           hash: ref → `MS:DIGEST`, for refs that a worker process left to others: the time, and the package
 *     packages        sorted set: digests of the packages of live worker processes, by the time when their report expires
 *
 * A cancellation message names a lease. It cannot cancel another run, because a lease whose ref was cancelled ends and
 * takes no further ref.
 */
const COMMON = `
local tenants, states, claims, sequence, waitingPrefix, jobPrefix, cancellations, needs, packages = unpack(KEYS)

local function waitingOf(ref)
  local tenant = cjson.decode(ref)[1]
  return waitingPrefix .. tenant, tenant
end

local function leaseOf(ref)
  return string.match(redis.call('HGET', states, ref) or '', '^%a+:(.+)$')
end

local function exists(lease)
  return redis.call('EXISTS', jobPrefix .. lease) == 1
end

local function enqueue(ref, score)
  local waiting, tenant = waitingOf(ref)
  redis.call('HSET', states, ref, 'waiting')
  redis.call('ZADD', waiting, score or redis.call('INCR', sequence), ref)
  if redis.call('ZCARD', waiting) == 1 then redis.call('RPUSH', tenants, tenant) end
end

local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- True when a ref was left to others long enough ago, and no live worker process has its package.
local function hasNoProcess(since, digest, packageWaitMs)
  local now = nowMs()
  local expiry = redis.call('ZSCORE', packages, digest)
  return now - since > packageWaitMs and not (expiry and tonumber(expiry) > now)
end
`;

/** ref → 1 if it has started to wait, else 0. */
export const SUBMIT = script(`${COMMON}
local ref = ARGV[1]
if redis.call('HGET', states, ref) == 'waiting' then return 0 end
local lease = leaseOf(ref)
if lease and exists(lease) then
  redis.call('HSET', states, ref, 'again:' .. lease)
  return 0
end
if lease then redis.call('HDEL', claims, lease) end
enqueue(ref)
return 1
`);

/** Maximum number of waiting refs of one tenant that a claim checks for a package that the process has. */
const MAX_CHECKED = 1000;

/**
 * lease, package wait in ms, digests of the process → the ref under the lease, else the next waiting ref that the process
 * may run, else '' when all waiting refs need other processes, else nil.
 */
export const CLAIM = script(`${COMMON}
local lease, packageWaitMs = ARGV[1], tonumber(ARGV[2])
local ref = redis.call('HGET', claims, lease)
if ref then
  if leaseOf(ref) == lease then
    redis.call('HSET', states, ref, 'running:' .. lease)
    return ref
  end
  redis.call('HDEL', claims, lease)
  return false
end
if not exists(lease) then return false end

local own = {}
for i = 3, #ARGV do own[ARGV[i]] = true end
local function mayRun(ref)
  local since, digest = string.match(redis.call('HGET', needs, ref) or '', '^(%d+):(.+)$')
  return not since or own[digest] or hasNoProcess(since, digest, packageWaitMs)
end
local function takeFrom(waiting)
  if redis.call('HLEN', needs) == 0 then return redis.call('ZPOPMIN', waiting)[1] end
  for _, each in ipairs(redis.call('ZRANGE', waiting, 0, ${MAX_CHECKED - 1})) do
    if mayRun(each) then
      redis.call('ZREM', waiting, each)
      return each
    end
  end
end

local count = redis.call('LLEN', tenants)
for _ = 1, count do
  local tenant = redis.call('LPOP', tenants)
  local waiting = waitingPrefix .. tenant
  ref = takeFrom(waiting)
  if redis.call('ZCARD', waiting) > 0 then redis.call('RPUSH', tenants, tenant) end
  if ref then
    redis.call('HSET', states, ref, 'running:' .. lease)
    redis.call('HSET', claims, lease, ref)
    return ref
  end
end
if count > 0 then return '' end
return false
`);

/** lease whose handler has returned → 1 if its ref waits again, else 0. */
export const RELEASE = script(`${COMMON}
local lease = ARGV[1]
local ref = redis.call('HGET', claims, lease)
if not ref then return 0 end
redis.call('HDEL', claims, lease)
if leaseOf(ref) ~= lease then return 0 end
redis.call('HDEL', needs, ref)
if redis.call('HGET', states, ref) == 'again:' .. lease then
  enqueue(ref)
  return 1
end
redis.call('HDEL', states, ref)
return 0
`);

/**
 * lease, its ref, the digest of the package that the process lacks, package wait in ms → 1 if the ref now waits, as the
 * first of its tenant, for a process with the package; 0 if no live worker process has the package.
 */
export const HAND_OVER = script(`${COMMON}
local lease, ref, digest, packageWaitMs = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
redis.call('HSETNX', needs, ref, string.format('%.0f:%s', nowMs(), digest))
local since = string.match(redis.call('HGET', needs, ref), '^(%d+):')
if hasNoProcess(since, digest, packageWaitMs) then return 0 end
redis.call('HDEL', claims, lease)
if leaseOf(ref) == lease then enqueue(ref, 0)
else redis.call('HDEL', needs, ref) end
return 1
`);

/** How many ms the report is valid, then the digests of the packages that a worker process has. */
export const REPORT_PACKAGES = script(`${COMMON}
local now = nowMs()
for i = 2, #ARGV do redis.call('ZADD', packages, now + ARGV[1], ARGV[i]) end
redis.call('ZREMRANGEBYSCORE', packages, '-inf', now)
`);

/** ref → the lease under which it runs, whose handler must stop; nil when it does not run. */
export const CANCEL = script(`${COMMON}
local ref = ARGV[1]
local lease = leaseOf(ref)
if redis.call('HDEL', states, ref) == 0 then return false end
redis.call('HDEL', needs, ref)
if lease then
  redis.call('PUBLISH', cancellations, lease)
  return lease
end
local waiting, tenant = waitingOf(ref)
redis.call('ZREM', waiting, ref)
if redis.call('ZCARD', waiting) == 0 then redis.call('LREM', tenants, 0, tenant) end
return false
`);

/** Refs whose lease no longer exists wait again → how many leases to add for the waiting refs. */
export const REQUEUE_WITHOUT_LEASE = script(`${COMMON}
local claimed = 0
local all = redis.call('HGETALL', claims)
for i = 1, #all, 2 do
  local lease, ref = all[i], all[i + 1]
  local own = leaseOf(ref) == lease
  if exists(lease) then
    if own then claimed = claimed + 1 end
  else
    redis.call('HDEL', claims, lease)
    if own then enqueue(ref) end
  end
end
-- Processes of earlier versions release and cancel refs without removing their needs.
if redis.call('HLEN', needs) > 0 then
  for _, ref in ipairs(redis.call('HKEYS', needs)) do
    if redis.call('HEXISTS', states, ref) == 0 then redis.call('HDEL', needs, ref) end
  end
end
local leases = redis.call('LLEN', jobPrefix .. 'wait') + redis.call('LLEN', jobPrefix .. 'active')
  + redis.call('ZCARD', jobPrefix .. 'delayed')
local free = leases - redis.call('HLEN', claims)
return math.max(0, redis.call('HLEN', states) - claimed - free)
`);
