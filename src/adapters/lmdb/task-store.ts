import { hasEnded } from '../../domain/adaptation.ts';
import { keyRecordOf } from '../../domain/idempotency.ts';
import { acceptInto, mergeTask, succeedCurrent } from '../../domain/transitions.ts';
import {
  acceptanceUsageDelta,
  addUsage,
  checkQuota,
  NOTHING_USED,
  type Quota,
  subtractUsage,
  taskUsageDelta,
  type Usage,
} from '../../domain/usage.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { pageOf, sequenceAfter, taskIdAfter } from '../paging.ts';
import { decodeSupport, encodeSupport } from '../tensor-bytes.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { numbersUnder, openTables, stringsUnder } from './tables.ts';

export interface LmdbTaskStoreOptions {
  readonly path: string;
  readonly quota: Quota;
  /** Called when a write fails, with the error of the file system. */
  onWriteError?(error: Error): void;
}

export interface LmdbTaskStore extends TaskStore {
  /** Makes a small test write. Answers its error, or null. */
  probeWrites(): Promise<Error | null>;
}

/**
 * The embedded store. Reads use snapshots without locks. Writes are transactions of a single writer. LMDB commits several
 * of them together and cannot undo one alone, so a transaction must not throw after its first write.
 */
export function createLmdbTaskStore({ quota, ...options }: LmdbTaskStoreOptions): LmdbTaskStore {
  const tables = openTables(options);
  const { tasks, adaptations, order, supports, unfinished, usage } = tables;
  const requestKeys = createIdempotencyKeys(tables);

  return {
    task: async (tenant, id) => tasks.get([tenant, id]) ?? null,

    async tasks(tenant, { limit, after }) {
      const range = stringsUnder([tenant], taskIdAfter(after));
      const found = tasks.getRange({ ...range, limit: limit + 1 });
      return pageOf(
        [...found].map(({ value }) => value),
        limit,
        (task) => task.id,
      );
    },

    async current(tenant, id) {
      const task = tasks.get([tenant, id]);
      if (!task) return null;
      return { task, adaptation: (task.current && adaptations.get([tenant, id, task.current])) || null };
    },

    putTask: (draft) =>
      tables.writeThrough(() => {
        const present = tasks.get([draft.tenant, draft.id]) ?? null;
        if (present && present.model !== draft.model) return { task: present, created: false };
        const task = mergeTask(present, draft);
        use(task.tenant, task.id, taskUsageDelta(present, task));
        tasks.put([task.tenant, task.id], task);
        return { task, created: !present };
      }),

    deleteTask: (tenant, id) =>
      tables.writeThrough(() => {
        if (!tasks.get([tenant, id])) return null;
        tasks.remove([tenant, id]);
        const prefix = [tenant, id];
        const clear = (table: typeof adaptations | typeof supports | typeof unfinished) => {
          const keys = [...table.getKeys(stringsUnder(prefix))];
          for (const key of keys) table.remove(key);
          return keys.map(([, , last = '']) => last);
        };
        const deleted = { adaptations: clear(adaptations), unfinished: clear(unfinished) };
        clear(supports);
        requestKeys.clear(prefix);
        for (const key of [...order.getKeys(numbersUnder(prefix))]) order.remove(key);
        usage.put([tenant], subtractUsage(used(tenant), usage.get(prefix) ?? NOTHING_USED));
        usage.remove(prefix);
        return deleted;
      }, 'frees'),

    accept: (draft, support, taskDraft, { expectSubmitted, idempotency } = {}) => {
      const bytes = Buffer.from(encodeSupport(support).buffer);
      return tables.writeThrough(() => {
        const { tenant, task: id } = draft;
        const answered = idempotency && requestKeys.find([tenant, id], idempotency, draft.createdAt);
        const earlier = answered && adaptations.get([tenant, id, answered]);
        if (earlier) return { adaptation: earlier, accepted: false };
        const present = tasks.get([tenant, id]) ?? null;
        const merged = mergeTask(present, taskDraft);
        if (expectSubmitted !== undefined && expectSubmitted !== merged.submitted) return null;

        const key = [tenant, id, draft.id];
        const former = adaptations.get(key) ?? null;
        const acceptance = acceptInto(merged, former, draft);
        const { task, adaptation, accepted } = acceptance;
        const supportKey = [tenant, id, support.digest];
        const before = { task: present, record: former, hasSupport: supports.doesExist(supportKey) };
        const record = idempotency && keyRecordOf(idempotency, draft);
        const usage = acceptanceUsageDelta(before, acceptance, bytes.length);
        const keyed = record ? requestKeys.moreBytes([tenant, id], record) : 0;
        use(tenant, id, { ...usage, bytes: usage.bytes + keyed });
        if (record) requestKeys.put([tenant, id], record);
        tasks.put([tenant, id], task);
        if (former) order.remove([tenant, id, former.sequence]);
        order.put([tenant, id, adaptation.sequence], draft.id);
        adaptations.put(key, adaptation);
        if (accepted) {
          supports.put(supportKey, bytes);
          unfinished.put(key, true);
        }
        return { adaptation, accepted };
      });
    },

    adaptation: async (tenant, task, id) => adaptations.get([tenant, task, id]) ?? null,

    async adaptations(tenant, task, { limit, after }) {
      const range = numbersUnder([tenant, task], sequenceAfter(after));
      const ids = [...order.getRange({ ...range, limit: limit + 1 })].map(({ value }) => value);
      const found = ids.flatMap((id) => adaptations.get([tenant, task, id]) ?? []);
      return pageOf(found, limit, ({ sequence }) => String(sequence));
    },

    async supportSet(tenant, task, digest) {
      const bytes = supports.get([tenant, task, digest]);
      return bytes ? decodeSupport(bytes) : null;
    },

    update: (tenant, taskId, id, change) =>
      tables.write(() => {
        const key = [tenant, taskId, id];
        const present = adaptations.get(key);
        if (!present || hasEnded(present.status)) return present ?? null;
        const next = change(present);
        if (!next) return present;
        adaptations.put(key, next);
        if (!hasEnded(next.status)) return next;
        unfinished.remove(key);
        release(tenant, taskId, { ...NOTHING_USED, queued: 1 });
        const task = tasks.get([tenant, taskId]);
        if (next.status === 'succeeded' && task) {
          const current = task.current === null ? null : adaptations.get([tenant, taskId, task.current]);
          tasks.put([tenant, taskId], succeedCurrent(task, current ?? null, next));
        }
        return next;
      }),

    async unfinished() {
      const records = [...unfinished.getKeys()].flatMap((key) => adaptations.get(key) ?? []);
      return records
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.sequence - b.sequence)
        .map(({ tenant, task, id }) => ({ tenant, task, id }));
    },

    usage: async (tenant) => used(tenant),

    probeWrites: tables.probe,

    async acceptedUnder(tenant, task, idempotency, now) {
      const id = requestKeys.find([tenant, task], idempotency, now);
      return (id && adaptations.get([tenant, task, id])) || null;
    },

    async removeExpiredIdempotencyKeys(now) {
      while (requestKeys.hasExpired(now)) {
        await tables.write(
          () =>
            requestKeys.removeExpired(now, (tenant, task, bytes) =>
              release(tenant, task, { ...NOTHING_USED, bytes }),
            ),
          'frees',
        );
      }
    },

    [Symbol.asyncDispose]: () => tables.close(),
  };

  function used(tenant: string): Usage {
    return usage.get([tenant]) ?? NOTHING_USED;
  }

  /** @throws InnerloopError when the quota is exceeded. Call it before the first write of a transaction. */
  function use(tenant: string, task: string, more: Usage): void {
    checkQuota(used(tenant), more, quota);
    usage.put([tenant], addUsage(used(tenant), more));
    usage.put([tenant, task], addUsage(usage.get([tenant, task]) ?? NOTHING_USED, more));
  }

  function release(tenant: string, task: string, less: Usage): void {
    usage.put([tenant], subtractUsage(used(tenant), less));
    usage.put([tenant, task], subtractUsage(usage.get([tenant, task]) ?? NOTHING_USED, less));
  }
}
