import { hasEnded } from '../../../domain/adaptation.ts';
import { answeredBefore, type KeyRecord, keyBytes, keyRecordOf } from '../../../domain/idempotency.ts';
import { missingContents, storedSupport } from '../../../domain/support-set.ts';
import { acceptInto, addReport, mergeTask, succeedCurrent } from '../../../domain/transitions.ts';
import { acceptanceUsageDelta, jsonBytes, type Quota, taskUsageDelta } from '../../../domain/usage.ts';
import type { DeletedTask, TaskStore } from '../../../ports/stores/task-store.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { contentKey, predictionKeys, taskKeys, tenantKeys } from '../key-names.ts';
import { script } from '../script.ts';
import { createChange } from './change.ts';
import { holdsOf, putFeatures, usesAll } from './contents.ts';
import { exampleEdits } from './example-edits.ts';
import { featureWindows } from './feature-windows.ts';
import { forgetKeys, keyField, namesIn, removeExpiredIdempotencyKeys, writeKey } from './idempotency-keys.ts';
import { taskReads } from './reads.ts';
import { parsed, recordOf, taskOf } from './records.ts';
import { removeMembers, type Write, writeShare, writeTask } from './writes.ts';

export interface RedisTaskStoreOptions {
  readonly redis: Redis;
  readonly quota: Quota;
}

/** KEYS: tasks, usage. Without tasks, removes the usage. */
const unlinkUsage = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('UNLINK', KEYS[2]) end
`);

/**
 * The store that many processes share. A change reads the task, decides with the same functions as the other stores, and
 * commits. If the task was changed in between, the change reads and decides again.
 */
export function createRedisTaskStore({ redis, quota }: RedisTaskStoreOptions): TaskStore {
  const changes = createChange(redis, quota);
  const { change } = changes;

  const store: TaskStore = {
    ...taskReads(redis),
    ...exampleEdits(redis, change),
    ...featureWindows(redis, quota),

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
        const predictions = predictionKeys(tenant, id);
        const kept = (await redis.zrange(predictions.order, '0', '-1')).map((each) => `${id}/${each}`);
        const own = members.filter((member) => member.startsWith(prefix));
        return {
          answer: { adaptations, unfinished: own.map((member) => member.slice(prefix.length)) },
          usage: { tasks: -1, examples, bytes, queued },
          writes: [
            ...removeMembers(keys.unfinished, own),
            ...forgetKeys(fields, keys, id),
            ...removeMembers(predictions.expiry, kept),
            ['ZREM', keys.tasks, id],
            ['ZREM', keys.feedbackDue, id],
            ['ZREM', keys.driftDue, id],
            ['UNLINK', predictions.order],
            ['UNLINK', keys.task],
            ['UNLINK', keys.order],
            ['UNLINK', keys.asked],
          ],
          // The hash of predictions has a field `bytes`, as a content has, so it can be released as one.
          releases: [...namesIn(fields, 'c:').map((digest) => contentKey(tenant, digest)), predictions.rows],
        };
      });
    },

    async deleteTenant(tenant) {
      const keys = tenantKeys(tenant);
      const ids = await withStoreErrors(() => redis.zrange(keys.tasks, '0', '-1'));
      for (const id of ids) await store.deleteTask(tenant, id);
      // The tenant stays in the list of tenants: processes remember which tenants they have added to it.
      await withStoreErrors(() => unlinkUsage(redis, [keys.tasks, keys.usage], []));
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
            ['ZREM', keys.feedbackDue, id],
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

    putReport: (tenant, taskId, id, report) => {
      const keys = taskKeys(tenant, taskId);
      return change(keys, tenant, async (read) => {
        const [text] = await read(`a:${id}`);
        const next = addReport(recordOf(text), report);
        const writes: Write[] = next ? [['HSET', keys.task, `a:${id}`, JSON.stringify(next)]] : [];
        return { answer: undefined, writes };
      });
    },

    removeExpiredIdempotencyKeys: (now) =>
      withStoreErrors(() => removeExpiredIdempotencyKeys(redis, change, now)),

    // The caller closes the connection.
    [Symbol.asyncDispose]: async () => changes[Symbol.dispose](),
  };
  return store;
}
