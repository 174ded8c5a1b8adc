import { type Editable, type KeptSet, planEdit } from '../../../domain/examples/edit-plan.ts';
import { answeredBefore, type KeyRecord, keyBytes } from '../../../domain/idempotency.ts';
import { type StoredSupport, storedSupport } from '../../../domain/support-set.ts';
import { activateIn } from '../../../domain/transitions.ts';
import type { ExampleStore } from '../../../ports/stores/example-store.ts';
import { readSupportFormat1 } from '../../support-format-1.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { contentKey, type TaskKeys, TENANTS, taskKeys, tenantKeys } from '../key-names.ts';
import type { Change, Read } from './change.ts';
import { holdsOf, readSizes, useField } from './contents.ts';
import { keyField, namesIn, writeKey } from './idempotency-keys.ts';
import { parsed, recordOf, taskOf } from './records.ts';
import { chunks, MAX_MEMBERS, type Write, writeShare, writeTask } from './writes.ts';

/** Fields in one round trip, because answers are held in memory. */
const MAX_READ = 100;

export function exampleEdits(redis: Redis, change: Change): ExampleStore {
  /** Reads the task first: the decision is made for the etag that this read returns. */
  async function editable(keys: TaskKeys, read: Read): Promise<Editable | null> {
    const [text] = await read('task');
    const task = taskOf(text);
    if (!task) return null;
    const fields = await redis.hkeys(keys.task);
    const texts = async (names: readonly string[]) => {
      const found: (string | null | undefined)[] = [];
      for (const some of chunks(names, MAX_READ)) found.push(...(await read(...some)));
      return found;
    };
    const named = (prefix: string) => namesIn(fields, prefix);
    const records = (await texts(named('a:').map((id) => `a:${id}`))).flatMap((each) => recordOf(each) ?? []);
    const digests = named('e:');
    const kept = await texts(digests.map((digest) => `e:${digest}`));
    const sets = new Map<string, KeptSet>();
    digests.forEach((digest, i) => {
      const set = parsed<StoredSupport>(kept[i]);
      if (set) sets.set(digest, set);
    });
    for (const digest of named('s:')) {
      const bytes = await redis.hgetBuffer(keys.task, `s:${digest}`);
      const set = bytes && readSupportFormat1(bytes);
      if (set) sets.set(digest, { ...storedSupport(set), ...(set.inputs && { inputs: set.inputs }) });
    }
    return { task, records, sets };
  }

  return {
    editExamples: (tenant, id, edit, at) => {
      const keys = taskKeys(tenant, id);
      return change(keys, tenant, async (read) => {
        const found = await editable(keys, read);
        const idempotency = edit.type === 'feedback' ? edit.idempotency : undefined;
        const [keyText] = idempotency ? await read(keyField(idempotency.key)) : [];
        const keyed = parsed<KeyRecord>(keyText);
        const answered = idempotency && answeredBefore(keyed, idempotency, at);
        const plan = found && planEdit(found, edit, at, answered);
        if (!plan) return { answer: null, writes: [] };
        const bytes = plan.usage.bytes + (plan.key ? keyBytes(plan.key) - keyBytes(keyed) : 0);
        const usage = { ...plan.usage, bytes };
        const due = plan.task.feedbackDue;
        const { removed, released, edited, list } = plan;
        const { holds, writes: uses } = await holdsOf(read, { tenant, task: keys.task, given: plan.held });
        const used = released.length > 0 ? await usedOf(read, released) : [];
        // Removals come first: a full Redis allows a script whose first write is one.
        const fields = [
          ...removed.flatMap((digest) => [`e:${digest}`, `s:${digest}`]),
          ...used.map(useField),
        ];
        return {
          answer: edited,
          usage,
          writes: [
            ...chunks(fields, MAX_MEMBERS).map((some): Write => ['HDEL', keys.task, ...some]),
            ...chunks(edited.unfinished, MAX_MEMBERS).map(
              (some): Write => ['ZREM', keys.unfinished, ...some.map((each) => `${id}/${each}`)],
            ),
            ...(list
              ? [['HSET', keys.task, `e:${list.digest}`, JSON.stringify(list.set)] satisfies Write]
              : []),
            ...plan.records.map((each): Write => ['HSET', keys.task, `a:${each.id}`, JSON.stringify(each)]),
            ...uses,
            ...writeTask(plan.task),
            ...writeShare(plan.task, usage),
            ...(plan.key ? writeKey(keys, id, plan.key) : []),
            ...(due ? [['ZADD', keys.feedbackDue, Date.parse(due.at), id] satisfies Write] : []),
          ],
          holds,
          releases: used.map((digest) => contentKey(tenant, digest)),
        };
      });
    },

    feedbackDue: (now) =>
      withStoreErrors(async () => {
        const found = (await redis.smembers(TENANTS)).map(async (tenant) => {
          const range = ['-inf', String(Date.parse(now)), 'BYSCORE'] as const;
          const tasks = await redis.zrange(tenantKeys(tenant).feedbackDue, ...range);
          return tasks.map((task) => ({ tenant, task }));
        });
        return (await Promise.all(found)).flat();
      }),

    planExamples: (tenant, id, edit, at) => {
      const keys = taskKeys(tenant, id);
      return change(keys, tenant, async (read) => {
        const found = await editable(keys, read);
        return { answer: (found && planEdit(found, edit, at)?.edited) ?? null, writes: [] };
      });
    },

    activate: (tenant, id, adaptation) => {
      const keys = taskKeys(tenant, id);
      return change(keys, tenant, async (read) => {
        const [text, recordText] = await read('task', `a:${adaptation}`);
        const [task, record] = [taskOf(text), recordOf(recordText)];
        const isReady = task && record?.status === 'succeeded';
        return { answer: record, writes: isReady ? writeTask(activateIn(task, record)) : [] };
      });
    },

    contentSizes: (tenant, digests) => withStoreErrors(() => readSizes(redis, tenant, digests)),
  };
}

/** The contents among `digests` that the task uses. Sets of versions before 0.3 have inputs, and use no contents. */
async function usedOf(read: Read, digests: readonly string[]): Promise<readonly string[]> {
  const marks: (string | null | undefined)[] = [];
  for (const some of chunks(digests, MAX_READ)) marks.push(...(await read(...some.map(useField))));
  return digests.filter((_, i) => marks[i]);
}
