import { KEPT_DELIVERIES } from '../../../domain/webhooks/delivery.ts';
import { script } from '../script.ts';

/*
 * The scripts have the same five or six KEYS: the tenants; of the tenant, its webhooks and what is due; of the webhook, the
 * open deliveries, the ended ones and their data. See `keys.ts`. The first ARGV are the tenant and the webhook.
 */
const shared = `
local tenants, webhooks, due, open, ended, data = unpack(KEYS)
local tenant, webhook = ARGV[1], ARGV[2]

local function note_first()
  local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  if first[2] then redis.call('ZADD', tenants, first[2], tenant) else redis.call('ZREM', tenants, tenant) end
end

local function take_open(id)
  redis.call('ZREM', open, id)
  redis.call('ZREM', due, webhook .. '/' .. id)
end

local function put(id, json, due_at)
  redis.call('HSET', data, id, json)
  if due_at ~= '' then
    redis.call('ZADD', open, 0, id)
    redis.call('ZADD', due, due_at, webhook .. '/' .. id)
    return
  end
  redis.call('ZADD', ended, 0, id)
  local extra = redis.call('ZCARD', ended) - ${KEPT_DELIVERIES}
  if extra <= 0 then return end
  for _, old in ipairs(redis.call('ZRANGE', ended, 0, extra - 1)) do
    redis.call('ZREM', ended, old)
    redis.call('HDEL', data, old)
  end
end
`;

/** ARGV: tenant, webhook, its JSON, the maximum number of webhooks. */
export const addWebhook = script(`${shared}
if redis.call('HLEN', webhooks) >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', webhooks, webhook, ARGV[3])
return 1`);

/** ARGV: tenant, webhook, the JSON as it was read, the new JSON. */
export const updateWebhook = script(`${shared}
if redis.call('HGET', webhooks, webhook) ~= ARGV[3] then return 0 end
redis.call('HSET', webhooks, webhook, ARGV[4])
return 1`);

/** ARGV: tenant, webhook. */
export const removeWebhook = script(`${shared}
if redis.call('HDEL', webhooks, webhook) == 0 then return 0 end
for _, id in ipairs(redis.call('ZRANGE', open, 0, -1)) do redis.call('ZREM', due, webhook .. '/' .. id) end
redis.call('UNLINK', open, ended, data)
note_first()
return 1`);

/** ARGV: tenant, webhook, id, its JSON, `dueAt` or empty, the maximum number of open deliveries. */
export const add = script(`${shared}
if redis.call('HEXISTS', webhooks, webhook) == 0 then return 0 end
if redis.call('HEXISTS', data, ARGV[3]) == 1 then return 1 end
if ARGV[5] ~= '' and redis.call('ZCARD', open) >= tonumber(ARGV[6]) then return 0 end
put(ARGV[3], ARGV[4], ARGV[5])
note_first()
return 1`);

/** ARGV: tenant, webhook, id, the former `dueAt`, the new JSON or empty to remove it, its `dueAt` or empty. */
export const replace = script(`${shared}
local due_at = redis.call('ZSCORE', due, webhook .. '/' .. ARGV[3])
if not due_at or tonumber(due_at) ~= tonumber(ARGV[4]) then return 0 end
take_open(ARGV[3])
if ARGV[5] ~= '' then put(ARGV[3], ARGV[5], ARGV[6]) else redis.call('HDEL', data, ARGV[3]) end
note_first()
return 1`);
