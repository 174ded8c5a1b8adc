import { answeredBefore, type KeyRecord } from '../../../domain/idempotency.ts';
import { type StoredSupport, supportSet } from '../../../domain/support-set.ts';
import { usageOf } from '../../../domain/usage.ts';
import type { AdaptationRef } from '../../../ports/adaptation-queue.ts';
import type { TaskStore } from '../../../ports/stores/task-store.ts';
import { pageOf, sequenceAfter, taskIdAfter } from '../../paging.ts';
import { readSupportFormat1 } from '../../support-format-1.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { TENANTS, taskKeys, tenantKeys } from '../key-names.ts';
import { script } from '../script.ts';
import { readContents, readFeatures } from './contents.ts';
import { keyField } from './idempotency-keys.ts';
import { packagesInUse } from './packages-in-use.ts';
import { parsed, recordOf, taskOf } from './records.ts';
import { chunks } from './writes.ts';

/** The methods that change nothing. */
type Reads = Pick<
  TaskStore,
  | 'task'
  | 'tasks'
  | 'current'
  | 'adaptation'
  | 'adaptations'
  | 'supportSet'
  | 'contents'
  | 'features'
  | 'unfinished'
  | 'usage'
  | 'packagesInUse'
  | 'acceptedUnder'
>;

const readCurrent = script(`
local task, current = unpack(redis.call('HMGET', KEYS[1], 'task', 'current'))
return { task, current and redis.call('HGET', KEYS[1], 'a:' .. current) }
`);

export function taskReads(redis: Redis): Reads {
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
  };
}

function refs(tenant: string, members: readonly string[]): { ref: AdaptationRef; at: number }[] {
  return chunks(members, 2).map(([member = '', score]) => {
    const [task = '', id = ''] = member.split('/');
    return { ref: { tenant, task, id }, at: Number(score) };
  });
}

function withoutNulls<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}
