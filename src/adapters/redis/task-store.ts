import { type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import { answeredBefore, type KeyRecord, keyBytes, keyRecordOf } from '../../domain/idempotency.ts';
import type { Task } from '../../domain/task.ts';
import { acceptInto, mergeTask, succeedCurrent } from '../../domain/transitions.ts';
import { acceptanceUsageDelta, type Quota, taskUsageDelta, usageOf } from '../../domain/usage.ts';
import type { AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { DeletedTask, TaskStore } from '../../ports/task-store.ts';
import { pageOf, sequenceAfter, taskIdAfter } from '../paging.ts';
import { decodeSupport, encodeSupport } from '../tensor-bytes.ts';
import { createChange } from './change.ts';
import { type Redis, withStoreErrors } from './connection.ts';
import { forgetKeys, keyField, removeExpiredIdempotencyKeys, writeKey } from './idempotency-keys.ts';
import { TENANTS, taskKeys, tenantKeys } from './key-names.ts';
import { script } from './script.ts';
import { chunks, removeMembers, type Write, writeShare, writeTask } from './writes.ts';

export interface RedisTaskStoreOptions {
  readonly redis: Redis;
  readonly quota: Quota;
}

const readCurrent = script(`
local task, current = unpack(redis.call('HMGET', KEYS[1], 'task', 'current'))
return { task, current and redis.call('HGET', KEYS[1], 'a:' .. current) }
`);

/**
 * The store that many processes share. A change reads the task, decides with the same functions as the other stores, and
 * commits. If the task was changed in between, the change reads and decides again.
 */
export function createRedisTaskStore({ redis, quota }: RedisTaskStoreOptions): TaskStore {
  const changes = createChange(redis, quota);
  const { change } = changes;

  return {
    task: (tenant, id) =>
      withStoreErrors(async () => parsed<Task>(await redis.hget(taskKeys(tenant, id).task, 'task'))),

    async tasks(tenant, { limit, after }) {
      const start = taskIdAfter(after);
      return withStoreErrors(async () => {
        const from = start === undefined ? '-' : `(${start}`;
        const key = tenantKeys(tenant).tasks;
        const ids = await redis.zrange(key, from, '+', 'BYLEX', 'LIMIT', 0, limit + 1);
        const page = pageOf(ids, limit, (id) => id);
        const found = await Promise.all(page.data.map((id) => redis.hget(taskKeys(tenant, id).task, 'task')));
        // Leave out tasks that were deleted after their ids were read.
        return { ...page, data: withoutNulls(found.map(parsed<Task>)) };
      });
    },

    current: (tenant, id) =>
      withStoreErrors(async () => {
        const texts = (await readCurrent(redis, [taskKeys(tenant, id).task], [])) as (string | null)[];
        const task = parsed<Task>(texts[0]);
        return task && { task, adaptation: parsed<Adaptation>(texts[1]) };
      }),

    putTask: (draft) =>
      change(taskKeys(draft.tenant, draft.id), draft.tenant, async (read) => {
        const [text] = await read('task');
        const stored = parsed<Task>(text);
        if (stored && stored.model !== draft.model)
          return { answer: { task: stored, created: false }, writes: [] };
        const task = mergeTask(stored, draft);
        const usage = taskUsageDelta(stored, task);
        return {
          answer: { task, created: !stored },
          usage,
          writes: [...writeTask(task), ...writeShare(task, usage)],
        };
      }),

    deleteTask: (tenant, id) => {
      const keys = taskKeys(tenant, id);
      return change<DeletedTask | null>(keys, tenant, async (read) => {
        const [task, ...counts] = await read('task', 'examples', 'bytes', 'queued');
        if (!task) return { answer: null, writes: [] };
        const [examples = 0, bytes = 0, queued = 0] = counts.map((count) => -Math.max(0, Number(count ?? 0)));
        const [adaptations, members] = await Promise.all([
          redis.zrange(keys.order, '0', '-1'),
          redis.zrange(keys.unfinished, '0', '-1'),
        ]);
        const prefix = `${id}/`;
        const own = members.filter((member) => member.startsWith(prefix));
        return {
          answer: { adaptations, unfinished: own.map((member) => member.slice(prefix.length)) },
          usage: { tasks: -1, examples, bytes, queued },
          writes: [
            ...removeMembers(keys.unfinished, own),
            ...(await forgetKeys(redis, keys, id)),
            ['ZREM', keys.tasks, id],
            ['UNLINK', keys.task],
            ['UNLINK', keys.order],
          ],
        };
      });
    },

    accept: (draft, support, taskDraft, { expectSubmitted, idempotency } = {}) => {
      const { tenant, task: id } = draft;
      const keys = taskKeys(tenant, id);
      const bytes = Buffer.from(encodeSupport(support).buffer);
      return change(keys, tenant, async (read) => {
        const keyFields = idempotency ? [keyField(idempotency.key)] : [];
        const [text, record, keyText] = await read('task', `a:${draft.id}`, ...keyFields);
        const keyed = parsed<KeyRecord>(keyText);
        const answered = idempotency && answeredBefore(keyed, idempotency, draft.createdAt);
        const [earlierText] = answered ? await read(`a:${answered}`) : [];
        const earlier = parsed<Adaptation>(earlierText);
        if (earlier) return { answer: { adaptation: earlier, accepted: false }, writes: [] };
        const hasSupport = (await redis.hexists(keys.task, `s:${support.digest}`)) === 1;
        const before = { task: parsed<Task>(text), record: parsed<Adaptation>(record), hasSupport };
        const merged = mergeTask(before.task, taskDraft);
        if (expectSubmitted !== undefined && expectSubmitted !== merged.submitted) {
          return { answer: null, writes: [] };
        }
        const acceptance = acceptInto(merged, before.record, draft);
        const { task, adaptation, accepted } = acceptance;
        const more = acceptanceUsageDelta(before, acceptance, bytes.length);
        const key = idempotency ? keyRecordOf(idempotency, draft) : null;
        const usage = { ...more, bytes: more.bytes + keyBytes(key) - keyBytes(keyed) };
        const work: readonly Write[] = [
          ['HSET', keys.task, `s:${support.digest}`, bytes],
          ['ZADD', keys.unfinished, Date.parse(draft.createdAt) || 0, `${id}/${draft.id}`],
        ];
        return {
          answer: { adaptation, accepted },
          usage,
          writes: [
            ...writeTask(task),
            ['HSET', keys.task, `a:${draft.id}`, JSON.stringify(adaptation)],
            ['ZADD', keys.order, adaptation.sequence, draft.id],
            ...writeShare(task, usage),
            ...(accepted ? work : []),
            ...(key ? writeKey(keys, id, key) : []),
          ],
        };
      });
    },

    adaptation: (tenant, task, id) =>
      withStoreErrors(async () =>
        parsed<Adaptation>(await redis.hget(taskKeys(tenant, task).task, `a:${id}`)),
      ),

    async adaptations(tenant, task, { limit, after }) {
      const below = sequenceAfter(after);
      const keys = taskKeys(tenant, task);
      return withStoreErrors(async () => {
        const from = below === undefined ? '+inf' : `(${below}`;
        const range = [from, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit + 1, 'WITHSCORES'] as const;
        const places = chunks(await redis.zrange(keys.order, ...range), 2);
        const page = pageOf(places, limit, ([, sequence = '']) => sequence);
        if (page.data.length === 0) return { data: [], nextCursor: null };
        const found = await redis.hmget(keys.task, ...page.data.map(([id]) => `a:${id}`));
        return { ...page, data: withoutNulls(found.map(parsed<Adaptation>)) };
      });
    },

    supportSet: (tenant, task, digest) =>
      withStoreErrors(async () => {
        const bytes = await redis.hgetBuffer(taskKeys(tenant, task).task, `s:${digest}`);
        return bytes && decodeSupport(bytes);
      }),

    update: (tenant, taskId, id, apply) => {
      const keys = taskKeys(tenant, taskId);
      return change(keys, tenant, async (read) => {
        const [taskText, storedText] = await read('task', `a:${id}`);
        const stored = parsed<Adaptation>(storedText);
        if (!stored || hasEnded(stored.status)) return { answer: stored, writes: [] };
        const next = apply(stored);
        if (!next) return { answer: stored, writes: [] };
        const writes: Write[] = [['HSET', keys.task, `a:${id}`, JSON.stringify(next)]];
        if (!hasEnded(next.status)) return { answer: next, writes };
        writes.push(['ZREM', keys.unfinished, `${taskId}/${id}`], ['HINCRBY', keys.task, 'queued', -1]);
        const task = parsed<Task>(taskText);
        if (task && next.status === 'succeeded') {
          const [former] = task.current === null ? [] : await read(`a:${task.current}`);
          writes.push(...writeTask(succeedCurrent(task, parsed<Adaptation>(former), next)));
        }
        return { answer: next, usage: { queued: -1 }, writes };
      });
    },

    unfinished: () =>
      withStoreErrors(async () => {
        const tenants = await redis.smembers(TENANTS);
        const lists = await Promise.all(
          tenants.map(async (tenant) =>
            refs(tenant, await redis.zrange(tenantKeys(tenant).unfinished, '0', '-1', 'WITHSCORES')),
          ),
        );
        return lists
          .flat()
          .sort((a, b) => a.at - b.at)
          .map(({ ref }) => ref);
      }),

    usage: (tenant) =>
      withStoreErrors(async () => {
        const fields = await redis.hgetall(tenantKeys(tenant).usage);
        return usageOf((field) => Number(fields[field] ?? 0));
      }),

    acceptedUnder: (tenant, task, idempotency, now) =>
      withStoreErrors(async () => {
        const { task: hash } = taskKeys(tenant, task);
        const record = parsed<KeyRecord>(await redis.hget(hash, keyField(idempotency.key)));
        const id = answeredBefore(record, idempotency, now);
        return id === null ? null : parsed<Adaptation>(await redis.hget(hash, `a:${id}`));
      }),

    removeExpiredIdempotencyKeys: (now) =>
      withStoreErrors(() => removeExpiredIdempotencyKeys(redis, change, now)),

    // The caller closes the connection.
    [Symbol.asyncDispose]: async () => changes[Symbol.dispose](),
  };
}

function refs(tenant: string, members: readonly string[]): { ref: AdaptationRef; at: number }[] {
  return chunks(members, 2).map(([member = '', score]) => {
    const [task = '', id = ''] = member.split('/');
    return { ref: { tenant, task, id }, at: Number(score) };
  });
}

function parsed<T>(text: string | null | undefined): T | null {
  return text ? JSON.parse(text) : null;
}

function withoutNulls<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}
