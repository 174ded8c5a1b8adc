import {
  type Adaptation,
  hasEnded,
  readAdaptation,
  type StoredAdaptation,
} from '../../../domain/adaptation.ts';
import { answeredBefore, type KeyRecord, keyBytes, keyRecordOf } from '../../../domain/idempotency.ts';
import {
  missingContents,
  type StoredSupport,
  storedSupport,
  supportSet,
} from '../../../domain/support-set.ts';
import { readTask, type StoredTask, type Task } from '../../../domain/task.ts';
import { acceptInto, mergeTask, succeedCurrent } from '../../../domain/transitions.ts';
import {
  acceptanceUsageDelta,
  jsonBytes,
  type Quota,
  taskUsageDelta,
  usageOf,
} from '../../../domain/usage.ts';
import type { AdaptationRef } from '../../../ports/adaptation-queue.ts';
import type { DeletedTask, TaskStore } from '../../../ports/task-store.ts';
import { pageOf, sequenceAfter, taskIdAfter } from '../../paging.ts';
import { readSupportFormat1 } from '../../support-format-1.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { contentKey, TENANTS, taskKeys, tenantKeys } from '../key-names.ts';
import { script } from '../script.ts';
import { createChange } from './change.ts';
import { holdsOf, putFeatures, readContents, readFeatures, usesAll } from './contents.ts';
import { forgetKeys, keyField, namesIn, removeExpiredIdempotencyKeys, writeKey } from './idempotency-keys.ts';
import { packagesInUse } from './packages-in-use.ts';
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
      withStoreErrors(async () => taskOf(await redis.hget(taskKeys(tenant, id).task, 'task'))),

    async tasks(tenant, { limit, after }) {
      const start = taskIdAfter(after);
      return withStoreErrors(async () => {
        const from = start === undefined ? '-' : `(${start}`;
        const key = tenantKeys(tenant).tasks;
        const ids = await redis.zrange(key, from, '+', 'BYLEX', 'LIMIT', 0, limit + 1);
        const page = pageOf(ids, limit, (id) => id);
        const found = await Promise.all(page.data.map((id) => redis.hget(taskKeys(tenant, id).task, 'task')));
        // Leave out tasks that were deleted after their ids were read.
        return { ...page, data: withoutNulls(found.map(taskOf)) };
      });
    },

    current: (tenant, id) =>
      withStoreErrors(async () => {
        const texts = (await readCurrent(redis, [taskKeys(tenant, id).task], [])) as (string | null)[];
        const task = taskOf(texts[0]);
        return task && { task, adaptation: recordOf(texts[1]) };
      }),

    putTask: (draft) =>
      change(taskKeys(draft.tenant, draft.id), draft.tenant, async (read) => {
        const [text] = await read('task');
        const stored = taskOf(text);
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
        const fields = await redis.hkeys(keys.task);
        const prefix = `${id}/`;
        const own = members.filter((member) => member.startsWith(prefix));
        return {
          answer: { adaptations, unfinished: own.map((member) => member.slice(prefix.length)) },
          usage: { tasks: -1, examples, bytes, queued },
          writes: [
            ...removeMembers(keys.unfinished, own),
            ...forgetKeys(fields, keys, id),
            ['ZREM', keys.tasks, id],
            ['UNLINK', keys.task],
            ['UNLINK', keys.order],
          ],
          releases: namesIn(fields, 'c:').map((digest) => contentKey(tenant, digest)),
        };
      });
    },

    accept: (draft, { support, contents }, taskDraft, { expectSubmitted, idempotency, moves } = {}) => {
      const { tenant, task: id } = draft;
      const keys = taskKeys(tenant, id);
      const set = storedSupport(support);
      return change(keys, tenant, async (read) => {
        const keyFields = idempotency ? [keyField(idempotency.key)] : [];
        const [text, record, keyText] = await read('task', `a:${draft.id}`, ...keyFields);
        const keyed = parsed<KeyRecord>(keyText);
        const answered = idempotency && answeredBefore(keyed, idempotency, draft.createdAt);
        const [earlierText] = answered ? await read(`a:${answered}`) : [];
        const earlier = recordOf(earlierText);
        if (earlier) return { answer: { adaptation: earlier, accepted: false }, writes: [] };
        const stored = await Promise.all(
          ['e', 's'].map((kind) => redis.hexists(keys.task, `${kind}:${support.digest}`)),
        );
        const hasSupport = stored.includes(1);
        const before = { task: taskOf(text), record: recordOf(record), hasSupport };
        const merged = mergeTask(before.task, taskDraft, moves);
        if (expectSubmitted !== undefined) {
          const hasAll = () => usesAll(read, missingContents({ support, contents }));
          if (expectSubmitted !== merged.submitted || !(await hasAll())) return { answer: null, writes: [] };
        }
        const acceptance = acceptInto(merged, before.record, draft);
        const { task, adaptation, accepted } = acceptance;
        const more = acceptanceUsageDelta(before, acceptance, jsonBytes(set));
        const key = idempotency ? keyRecordOf(idempotency, draft) : null;
        const usage = { ...more, bytes: more.bytes + keyBytes(key) - keyBytes(keyed) };
        const { holds, writes: uses } = accepted
          ? await holdsOf(read, { tenant, task: keys.task, given: contents })
          : { holds: [], writes: [] };
        const setWrite: Write = ['HSET', keys.task, `e:${support.digest}`, JSON.stringify(set)];
        const work: readonly Write[] = [
          ...(hasSupport ? [] : [setWrite]),
          ...uses,
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
          holds,
        };
      });
    },

    adaptation: (tenant, task, id) =>
      withStoreErrors(async () => recordOf(await redis.hget(taskKeys(tenant, task).task, `a:${id}`))),

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
        return { ...page, data: withoutNulls(found.map(recordOf)) };
      });
    },

    supportSet: (tenant, task, digest) =>
      withStoreErrors(async () => {
        const { task: hash } = taskKeys(tenant, task);
        const set = parsed<StoredSupport>(await redis.hget(hash, `e:${digest}`));
        if (set) return supportSet(set);
        const bytes = await redis.hgetBuffer(hash, `s:${digest}`);
        return bytes && readSupportFormat1(bytes);
      }),

    contents: (tenant, digests) => withStoreErrors(() => readContents(redis, tenant, digests)),

    features: (tenant, encoder, digests) =>
      withStoreErrors(() => readFeatures(redis, tenant, encoder, digests)),

    putFeatures: (tenant, encoder, features) =>
      withStoreErrors(() => putFeatures(redis, tenant, encoder, features)),

    update: (tenant, taskId, id, apply) => {
      const keys = taskKeys(tenant, taskId);
      return change(keys, tenant, async (read) => {
        const [taskText, storedText] = await read('task', `a:${id}`);
        const stored = recordOf(storedText);
        if (!stored || hasEnded(stored.status)) return { answer: stored, writes: [] };
        const next = apply(stored);
        if (!next) return { answer: stored, writes: [] };
        const writes: Write[] = [['HSET', keys.task, `a:${id}`, JSON.stringify(next)]];
        if (!hasEnded(next.status)) return { answer: next, writes };
        writes.push(['ZREM', keys.unfinished, `${taskId}/${id}`], ['HINCRBY', keys.task, 'queued', -1]);
        const task = taskOf(taskText);
        if (task && next.status === 'succeeded') {
          const [former] = task.current === null ? [] : await read(`a:${task.current}`);
          writes.push(...writeTask(succeedCurrent(task, recordOf(former), next)));
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

    packagesInUse: () => withStoreErrors(() => packagesInUse(redis)),

    acceptedUnder: (tenant, task, idempotency, now) =>
      withStoreErrors(async () => {
        const { task: hash } = taskKeys(tenant, task);
        const record = parsed<KeyRecord>(await redis.hget(hash, keyField(idempotency.key)));
        const id = answeredBefore(record, idempotency, now);
        return id === null ? null : recordOf(await redis.hget(hash, `a:${id}`));
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

function taskOf(text: string | null | undefined): Task | null {
  const stored = parsed<StoredTask>(text);
  return stored && readTask(stored);
}

function recordOf(text: string | null | undefined): Adaptation | null {
  const stored = parsed<StoredAdaptation>(text);
  return stored && readAdaptation(stored);
}

function parsed<T>(text: string | null | undefined): T | null {
  return text ? JSON.parse(text) : null;
}

function withoutNulls<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}
