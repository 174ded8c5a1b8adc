import { type Adaptation, hasEnded, readAdaptation } from '../../../domain/adaptation.ts';
import { keyRecordOf } from '../../../domain/idempotency.ts';
import { missingContents, storedSupport, supportSet } from '../../../domain/support-set.ts';
import { readTask, type Task } from '../../../domain/task.ts';
import { acceptInto, addReport, mergeTask, succeedCurrent } from '../../../domain/transitions.ts';
import {
  acceptanceUsageDelta,
  addUsage,
  jsonBytes,
  NOTHING_USED,
  type Quota,
  subtractUsage,
  taskUsageDelta,
} from '../../../domain/usage.ts';
import type { TaskStore } from '../../../ports/stores/task-store.ts';
import { pageOf, sequenceAfter, taskIdAfter } from '../../paging.ts';
import { readSupportFormat1 } from '../../support-format-1.ts';
import { cachedReads } from '../cached-reads.ts';
import { createLmdbPredictions } from '../predictions.ts';
import { numbersUnder, openTables, stringsUnder } from '../tables.ts';
import { createContents, encodeAll } from './contents.ts';
import { createExampleEdits } from './example-edits.ts';
import { createFeatureWindows } from './feature-windows.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { packagesInUse } from './packages-in-use.ts';
import { createTenantUsage } from './tenant-usage.ts';

export interface LmdbTaskStoreOptions {
  readonly path: string;
  readonly quota: Quota;
  /** Called when a write fails, with the error of the file system. */
  onWriteError?(error: Error): void;
}

export interface LmdbTaskStore extends TaskStore {
  readonly predictions: ReturnType<typeof createLmdbPredictions>['store'];
  /** Makes a small test write. Answers its error, or null. */
  probeWrites(): Promise<Error | null>;
}

/**
 * The embedded store. Reads use snapshots without locks. Writes are transactions of a single writer. LMDB commits several
 * of them together and cannot undo one alone, so a transaction must not throw after its first write.
 */
export function createLmdbTaskStore({ quota, ...options }: LmdbTaskStoreOptions): LmdbTaskStore {
  const tables = openTables(options);
  const { tasks, adaptations, order, sets, supports, unfinished, usage } = tables;
  const tenantUsage = createTenantUsage(tables, quota);
  const idempotencyKeys = createIdempotencyKeys(tables);
  const contents = createContents(tables);
  const windows = createFeatureWindows({ tables, usage: tenantUsage });
  const predictions = createLmdbPredictions(tables, tenantUsage);
  const [readTaskAt, readRecordAt] = [cachedReads(tasks, readTask), cachedReads(adaptations, readAdaptation)];
  const taskOf = (tenant: string, id: string): Task | null => readTaskAt([tenant, id]);
  const recordOf = (tenant: string, task: string, id: string | null): Adaptation | null =>
    id === null ? null : readRecordAt([tenant, task, id]);

  const store: LmdbTaskStore = {
    predictions: predictions.store,
    ...createExampleEdits({ tables, contents, usage: tenantUsage, idempotencyKeys }),
    ...windows,

    task: async (tenant, id) => taskOf(tenant, id),

    async tasks(tenant, { limit, after }) {
      const range = stringsUnder([tenant], taskIdAfter(after));
      const found = tasks.getRange({ ...range, limit: limit + 1 });
      return pageOf(
        [...found].map(({ value }) => readTask(value)),
        limit,
        (task) => task.id,
      );
    },

    async current(tenant, id) {
      const task = taskOf(tenant, id);
      return task && { task, adaptation: recordOf(tenant, id, task.current) };
    },

    putTask: (draft) =>
      tables.writeThrough(() => {
        const stored = taskOf(draft.tenant, draft.id);
        if (stored && stored.model !== draft.model) return { task: stored, created: false };
        const task = mergeTask(stored, draft);
        tenantUsage.charge(task.tenant, task.id, taskUsageDelta(stored, task));
        tasks.put([task.tenant, task.id], task);
        return { task, created: !stored };
      }),

    deleteTask: (tenant, id) =>
      tables.writeThrough(() => {
        if (!tasks.get([tenant, id])) return null;
        tasks.remove([tenant, id]);
        const prefix = [tenant, id];
        const clear = (table: typeof adaptations | typeof sets | typeof supports | typeof unfinished) => {
          const keys = [...table.getKeys(stringsUnder(prefix))];
          for (const key of keys) table.remove(key);
          return keys.map(([, , last = '']) => last);
        };
        const deleted = { adaptations: clear(adaptations), unfinished: clear(unfinished) };
        clear(sets);
        clear(supports);
        windows.clear(tenant, id);
        const freed = { ...NOTHING_USED, bytes: contents.release(tenant, id) };
        idempotencyKeys.clear(prefix);
        predictions.clear(tenant, id);
        for (const key of [...order.getKeys(numbersUnder(prefix))]) order.remove(key);
        const share = addUsage(usage.get(prefix) ?? NOTHING_USED, freed);
        usage.put([tenant], subtractUsage(tenantUsage.used(tenant), share));
        usage.remove(prefix);
        return deleted;
      }, 'frees'),

    async deleteTenant(tenant) {
      // Task by task, because other writes wait for a transaction.
      for (const [, id = ''] of [...tasks.getKeys(stringsUnder([tenant]))])
        await store.deleteTask(tenant, id);
      await tables.writeThrough(() => {
        if (tenantUsage.used(tenant).tasks === 0) usage.remove([tenant]);
      }, 'frees');
    },

    accept: (draft, given, taskDraft, { expectSubmitted, idempotency, moves } = {}) =>
      tables.writeThrough(() => {
        const { tenant, task: id } = draft;
        const answered = idempotency && idempotencyKeys.find([tenant, id], idempotency, draft.createdAt);
        const earlier = recordOf(tenant, id, answered ?? null);
        if (earlier) return { adaptation: earlier, accepted: false };
        const stored = taskOf(tenant, id);
        const merged = mergeTask(stored, taskDraft, moves);
        if (expectSubmitted !== undefined) {
          if (expectSubmitted !== merged.submitted) return null;
          if (!contents.hasAll(tenant, id, missingContents(given))) return null;
        }

        const former = recordOf(tenant, id, draft.id);
        const acceptance = acceptInto(merged, former, draft);
        const { task, adaptation, accepted } = acceptance;
        const setKey = [tenant, id, given.support.digest];
        const set = storedSupport(given.support);
        const hasSupport = sets.doesExist(setKey) || supports.doesExist(setKey);
        const added = acceptanceUsageDelta(
          { task: stored, record: former, hasSupport },
          acceptance,
          jsonBytes(set),
        );
        const record = idempotency && keyRecordOf(idempotency, draft);
        const keyBytes = record ? idempotencyKeys.addedBytes([tenant, id], record) : 0;
        const contentBytes = accepted ? contents.addedBytes(tenant, given.contents) : 0;
        tenantUsage.charge(tenant, id, { ...added, bytes: added.bytes + keyBytes }, contentBytes);
        if (record) idempotencyKeys.put([tenant, id], record);
        tasks.put([tenant, id], task);
        tables.feedbackDue.remove([tenant, id]);
        if (former) order.remove([tenant, id, former.sequence]);
        order.put([tenant, id, adaptation.sequence], draft.id);
        adaptations.put([tenant, id, draft.id], adaptation);
        if (accepted) {
          if (!hasSupport) sets.put(setKey, set);
          contents.hold(tenant, id, given.contents);
          unfinished.put([tenant, id, draft.id], true);
        }
        return { adaptation, accepted };
      }),

    adaptation: async (tenant, task, id) => recordOf(tenant, task, id),

    async adaptations(tenant, task, { limit, after }) {
      const range = numbersUnder([tenant, task], sequenceAfter(after));
      const ids = [...order.getRange({ ...range, limit: limit + 1 })].map(({ value }) => value);
      const found = ids.flatMap((id) => recordOf(tenant, task, id) ?? []);
      return pageOf(found, limit, ({ sequence }) => String(sequence));
    },

    async supportSet(tenant, task, digest) {
      const set = sets.get([tenant, task, digest]);
      if (set) return supportSet(set);
      const bytes = supports.get([tenant, task, digest]);
      return bytes ? readSupportFormat1(bytes) : null;
    },

    contents: async (tenant, digests) => contents.read(tenant, digests),

    features: async (tenant, encoder, digests) => contents.features(tenant, encoder, digests),

    putFeatures: (tenant, encoder, features) => {
      const given = encodeAll(features);
      return tables.write(() => {
        const bytes = contents.putFeatures(tenant, encoder, given);
        tenantUsage.addContentBytes(tenant, bytes);
      });
    },

    update: (tenant, taskId, id, change) =>
      tables.write(() => {
        const stored = recordOf(tenant, taskId, id);
        if (!stored || hasEnded(stored.status)) return stored;
        const next = change(stored);
        if (!next) return stored;
        adaptations.put([tenant, taskId, id], next);
        if (!hasEnded(next.status)) return next;
        unfinished.remove([tenant, taskId, id]);
        tenantUsage.refund(tenant, taskId, { ...NOTHING_USED, queued: 1 });
        const task = taskOf(tenant, taskId);
        if (next.status === 'succeeded' && task) {
          tasks.put([tenant, taskId], succeedCurrent(task, recordOf(tenant, taskId, task.current), next));
        }
        return next;
      }),

    putReport: (tenant, task, id, report) =>
      tables.write(() => {
        const next = addReport(recordOf(tenant, task, id), report);
        if (next) adaptations.put([tenant, task, id], next);
      }),

    async unfinished() {
      const records = [...unfinished.getKeys()].flatMap((key) => adaptations.get(key) ?? []);
      return records
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.sequence - b.sequence)
        .map(({ tenant, task, id }) => ({ tenant, task, id }));
    },

    usage: async (tenant) => tenantUsage.used(tenant),

    packagesInUse: () => packagesInUse(adaptations),

    probeWrites: tables.probe,

    async acceptedUnder(tenant, task, idempotency, now) {
      return recordOf(tenant, task, idempotencyKeys.find([tenant, task], idempotency, now));
    },

    async removeExpiredIdempotencyKeys(now) {
      while (idempotencyKeys.hasExpired(now)) {
        await tables.write(
          () =>
            idempotencyKeys.removeExpired(now, (tenant, task, bytes) =>
              tenantUsage.refund(tenant, task, { ...NOTHING_USED, bytes }),
            ),
          'frees',
        );
      }
    },
    [Symbol.asyncDispose]: () => tables.close(),
  };
  return store;
}
