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
  const idempotencyKeys = createIdempotencyKeys(tables);

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
        const stored = tasks.get([draft.tenant, draft.id]) ?? null;
        if (stored && stored.model !== draft.model) return { task: stored, created: false };
        const task = mergeTask(stored, draft);
        chargeUsage(task.tenant, task.id, taskUsageDelta(stored, task));
        tasks.put([task.tenant, task.id], task);
        return { task, created: !stored };
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
        idempotencyKeys.clear(prefix);
        for (const key of [...order.getKeys(numbersUnder(prefix))]) order.remove(key);
        usage.put([tenant], subtractUsage(used(tenant), usage.get(prefix) ?? NOTHING_USED));
        usage.remove(prefix);
        return deleted;
      }, 'frees'),

    accept: (draft, support, taskDraft, { expectSubmitted, idempotency } = {}) => {
      const bytes = Buffer.from(encodeSupport(support).buffer);
      return tables.writeThrough(() => {
        const { tenant, task: id } = draft;
        const answered = idempotency && idempotencyKeys.find([tenant, id], idempotency, draft.createdAt);
        const earlier = answered && adaptations.get([tenant, id, answered]);
        if (earlier) return { adaptation: earlier, accepted: false };
        const stored = tasks.get([tenant, id]) ?? null;
        const merged = mergeTask(stored, taskDraft);
        if (expectSubmitted !== undefined && expectSubmitted !== merged.submitted) return null;

        const key = [tenant, id, draft.id];
        const former = adaptations.get(key) ?? null;
        const acceptance = acceptInto(merged, former, draft);
        const { task, adaptation, accepted } = acceptance;
        const supportKey = [tenant, id, support.digest];
        const before = { task: stored, record: former, hasSupport: supports.doesExist(supportKey) };
        const record = idempotency && keyRecordOf(idempotency, draft);
        const usage = acceptanceUsageDelta(before, acceptance, bytes.length);
        const idempotencyKeyBytes = record ? idempotencyKeys.addedBytes([tenant, id], record) : 0;
        chargeUsage(tenant, id, { ...usage, bytes: usage.bytes + idempotencyKeyBytes });
        if (record) idempotencyKeys.put([tenant, id], record);
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
        const stored = adaptations.get(key);
        if (!stored || hasEnded(stored.status)) return stored ?? null;
        const next = change(stored);
        if (!next) return stored;
        adaptations.put(key, next);
        if (!hasEnded(next.status)) return next;
        unfinished.remove(key);
        refundUsage(tenant, taskId, { ...NOTHING_USED, queued: 1 });
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
      const id = idempotencyKeys.find([tenant, task], idempotency, now);
      return (id && adaptations.get([tenant, task, id])) || null;
    },

    async removeExpiredIdempotencyKeys(now) {
      while (idempotencyKeys.hasExpired(now)) {
        await tables.write(
          () =>
            idempotencyKeys.removeExpired(now, (tenant, task, bytes) =>
              refundUsage(tenant, task, { ...NOTHING_USED, bytes }),
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
  function chargeUsage(tenant: string, task: string, added: Usage): void {
    checkQuota(used(tenant), added, quota);
    usage.put([tenant], addUsage(used(tenant), added));
    usage.put([tenant, task], addUsage(usage.get([tenant, task]) ?? NOTHING_USED, added));
  }

  function refundUsage(tenant: string, task: string, removed: Usage): void {
    usage.put([tenant], subtractUsage(used(tenant), removed));
    usage.put([tenant, task], subtractUsage(usage.get([tenant, task]) ?? NOTHING_USED, removed));
  }
}
