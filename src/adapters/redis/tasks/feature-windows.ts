import { randomUUID } from 'node:crypto';
import { CHECK_EVERY, FIRST_CHECK } from '../../../domain/drift/alarm.ts';
import { type AskedInput, REFERENCE_SIZE, WINDOW_SIZE, windowOf } from '../../../domain/drift/asked-input.ts';
import { checkQuota, NOTHING_USED, type Quota } from '../../../domain/usage.ts';
import type { FeatureWindows } from '../../../ports/stores/feature-windows.ts';
import { decodeAsked, encodeAsked } from '../../asked-bytes.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { TENANTS, taskKeys, tenantKeys } from '../key-names.ts';
import { script } from '../script.ts';

/** Adds the task to those that need a check, or removes it, as `wantsCheck` says. */
const noteDue = `
local function noteDue(asked, due, task)
  local count, text = unpack(redis.call('HMGET', asked, 'count', 'alarm'))
  local alarm = text and cjson.decode(text) or { count = 0, since = cjson.null }
  local isUntold = alarm.since ~= cjson.null and not alarm.isTold
  local isDue = tonumber(count) >= ${FIRST_CHECK} and tonumber(count) - alarm.count >= ${CHECK_EVERY}
  if isUntold or isDue then redis.call('ZADD', due, 0, task) else redis.call('ZREM', due, task) end
end
`;

/**
 * KEYS: task, usage, asked, due. ARGV: etag, epoch, maximum bytes, size of the reference, size of the window, name of the task,
 * inputs. The slots are as `slotOf` has them. The etag makes a concurrent deletion of the task read the changed usage.
 */
const addScript = script(`${noteDue}
local task, usage, asked = KEYS[1], KEYS[2], KEYS[3]
local reference, window = tonumber(ARGV[4]), tonumber(ARGV[5])
local stored = redis.call('HGET', task, 'task')
if not stored or not cjson.decode(stored).monitor then return { 'none' } end
local epoch, count, bytes = unpack(redis.call('HMGET', asked, 'epoch', 'count', 'bytes'))
local isOther = epoch and epoch ~= ARGV[2]
local had = tonumber(bytes or '0')
local kept = isOther and 0 or had
local from = isOther and 0 or tonumber(count or '0')

local slots = {}
for i = 7, #ARGV do
  local n = from + i - 7
  local slot = n < reference and n or reference + (n - reference) % window
  local former = slots[slot] and #slots[slot] or (isOther and 0 or redis.call('HSTRLEN', asked, 'i:' .. slot))
  kept = kept - former + #ARGV[i]
  slots[slot] = ARGV[i]
end
local more = kept - had
local used = tonumber(redis.call('HGET', usage, 'bytes') or '0')
if more > 0 and used + more > tonumber(ARGV[3]) then return { 'over-quota', used, more } end

if isOther then redis.call('UNLINK', asked) end
local total = from + #ARGV - 6
redis.call('HSET', asked, 'epoch', ARGV[2], 'count', total, 'bytes', kept)
for slot, bytes in pairs(slots) do redis.call('HSET', asked, 'i:' .. slot, bytes) end
redis.call('HSET', task, 'etag', ARGV[1])
redis.call('HINCRBY', task, 'bytes', more)
redis.call('HSET', usage, 'bytes', math.max(0, used + more))
noteDue(asked, KEYS[4], ARGV[6])
return { 'done', total }
`);

/** KEYS: asked, due. ARGV: epoch, alarm before (empty: none), alarm after, name of the task. */
const alarmScript = script(`${noteDue}
local epoch, alarm = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'alarm'))
if epoch ~= ARGV[1] or (alarm or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'alarm', ARGV[3])
noteDue(KEYS[1], KEYS[2], ARGV[4])
return 1
`);

/** KEYS: task, usage, asked, due. ARGV: etag, name of the task. */
const deleteScript = script(`
redis.call('ZREM', KEYS[4], ARGV[2])
local bytes = tonumber(redis.call('HGET', KEYS[3], 'bytes') or '0')
if redis.call('UNLINK', KEYS[3]) == 0 or redis.call('EXISTS', KEYS[1]) == 0 then return end
redis.call('HSET', KEYS[1], 'etag', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'bytes', -bytes)
redis.call('HSET', KEYS[2], 'bytes', math.max(0, tonumber(redis.call('HGET', KEYS[2], 'bytes') or '0') - bytes))
`);

const SLOT = /^i:(\d+)$/;

export function featureWindows(redis: Redis, quota: Quota): FeatureWindows {
  return {
    featureWindow: (tenant, task) =>
      withStoreErrors(async () => {
        const fields = await redis.hgetallBuffer(taskKeys(tenant, task).asked);
        if (!fields.epoch) return null;
        const slots = new Map<number, AskedInput>();
        for (const [field, bytes] of Object.entries(fields)) {
          const slot = SLOT.exec(field)?.[1];
          if (slot !== undefined) slots.set(Number(slot), decodeAsked(bytes));
        }
        const count = Number(fields.count);
        const alarm = fields.alarm ? JSON.parse(fields.alarm.toString()) : null;
        return { epoch: fields.epoch.toString(), count, alarm, ...windowOf(count, slots) };
      }),

    addAsked: (tenant, task, epoch, inputs) =>
      withStoreErrors(async () => {
        const keys = taskKeys(tenant, task);
        const [answer, first, second] = (await addScript(
          redis,
          [keys.task, keys.usage, keys.asked, keys.driftDue],
          [randomUUID(), epoch, quota.bytes, REFERENCE_SIZE, WINDOW_SIZE, task, ...inputs.map(encodeAsked)],
        )) as [string, number, number];
        if (answer === 'over-quota') {
          const bytes = (amount: number) => ({ ...NOTHING_USED, bytes: amount });
          checkQuota(bytes(first), bytes(second), quota);
        }
        return answer === 'done' ? first : null;
      }),

    putAlarm: (tenant, task, { epoch, before, after }) =>
      withStoreErrors(async () => {
        const former = before === null ? '' : JSON.stringify(before);
        const { asked, driftDue } = taskKeys(tenant, task);
        const args = [epoch, former, JSON.stringify(after), task];
        const answer = await alarmScript(redis, [asked, driftDue], args);
        return answer === 1;
      }),

    deleteFeatureWindow: (tenant, task) =>
      withStoreErrors(async () => {
        const keys = taskKeys(tenant, task);
        await deleteScript(redis, [keys.task, keys.usage, keys.asked, keys.driftDue], [randomUUID(), task]);
      }),

    driftDue: () =>
      withStoreErrors(async () => {
        const found = (await redis.smembers(TENANTS)).map(async (tenant) => {
          const tasks = await redis.zrange(tenantKeys(tenant).driftDue, '0', '-1');
          return tasks.map((task) => ({ tenant, task }));
        });
        return (await Promise.all(found)).flat();
      }),
  };
}
