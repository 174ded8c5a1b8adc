import { pageOf, sequenceAfter, taskIdAfter } from '../../../src/adapters/paging.ts';
import { encodeSupport } from '../../../src/adapters/tensor-bytes.ts';
import { type Adaptation, hasEnded } from '../../../src/domain/adaptation.ts';
import {
  answeredBefore,
  type IdempotencyKey,
  isExpired,
  type KeyRecord,
  keyBytes,
  keyRecordOf,
} from '../../../src/domain/idempotency.ts';
import type { SupportSet } from '../../../src/domain/support-set.ts';
import type { Task } from '../../../src/domain/task.ts';
import { acceptInto, mergeTask, succeedCurrent } from '../../../src/domain/transitions.ts';
import {
  checkQuota,
  type Quota,
  recordBytes,
  subtractUsage,
  taskBytes,
  type Usage,
} from '../../../src/domain/usage.ts';
import type { TaskStore } from '../../../src/ports/task-store.ts';

interface StoredTask {
  readonly task: Task;
  readonly records: ReadonlyMap<string, Adaptation>;
  readonly supports: ReadonlyMap<string, SupportSet>;
  readonly keys: ReadonlyMap<string, KeyRecord>;
}

type TasksOfTenant = ReadonlyMap<string, StoredTask>;

/**
 * A reference implementation of `TaskStore` in memory. It computes the usage from all stored data. Readers get
 * copies. A change works on a new map, so that a refusal changes nothing.
 */
export function createMemoryTaskStore({ quota }: { readonly quota: Quota }): TaskStore {
  const tenants = new Map<string, TasksOfTenant>();
  const tasksOf = (tenant: string): TasksOfTenant => tenants.get(tenant) ?? new Map();
  const kept = (tenant: string, task: string) => tasksOf(tenant).get(task) ?? null;
  const recordOf = (tenant: string, task: string, id: string) => kept(tenant, task)?.records.get(id) ?? null;

  /** @throws InnerloopError if the quota is exceeded; then nothing changes. */
  const put = ({ task, ...rest }: StoredTask): void => {
    const before = tasksOf(task.tenant);
    const after = new Map(before).set(task.id, { task, ...rest });
    const [had, has] = [usageOf(before), usageOf(after)];
    checkQuota(had, subtractUsage(has, had), quota);
    tenants.set(task.tenant, after);
  };

  return {
    task: async (tenant, id) => copy(kept(tenant, id)?.task ?? null),

    async tasks(tenant, { limit, after }) {
      const first = taskIdAfter(after) ?? '';
      const all = [...tasksOf(tenant).values()].map(({ task }) => task);
      const found = all.filter(({ id }) => id > first).sort((a, b) => (a.id < b.id ? -1 : 1));
      return copy(pageOf(found.slice(0, limit + 1), limit, ({ id }) => id));
    },

    async current(tenant, id) {
      const found = kept(tenant, id);
      if (!found) return null;
      const { task, records } = found;
      return copy({ task, adaptation: (task.current !== null && records.get(task.current)) || null });
    },

    async putTask(draft) {
      const present = kept(draft.tenant, draft.id);
      if (present && present.task.model !== draft.model) return copy({ task: present.task, created: false });
      const task = mergeTask(present?.task ?? null, draft);
      put({ records: new Map(), supports: new Map(), keys: new Map(), ...present, task });
      return copy({ task, created: !present });
    },

    async deleteTask(tenant, id) {
      const found = kept(tenant, id);
      if (!found) return null;
      tenants.set(tenant, new Map([...tasksOf(tenant)].filter(([each]) => each !== id)));
      const records = [...found.records.values()];
      return { adaptations: records.map(idOf), unfinished: records.filter(isUnfinished).map(idOf) };
    },

    async accept(draft, support, taskDraft, { expectSubmitted, idempotency } = {}) {
      const present = kept(draft.tenant, draft.task);
      const earlier = idempotency && accepted(present, idempotency, draft.createdAt);
      if (earlier) return copy({ adaptation: earlier, accepted: false });
      const merged = mergeTask(present?.task ?? null, taskDraft);
      if (expectSubmitted !== undefined && expectSubmitted !== merged.submitted) return null;
      const former = present?.records.get(draft.id) ?? null;
      const { task, adaptation, accepted: isNew } = acceptInto(merged, former, draft);
      const supports = new Map(present?.supports);
      if (isNew) supports.set(support.digest, copy(support));
      const keys = new Map(present?.keys);
      if (idempotency) keys.set(idempotency.key, keyRecordOf(idempotency, draft));
      put({ task, records: new Map(present?.records).set(draft.id, copy(adaptation)), supports, keys });
      return copy({ adaptation, accepted: isNew });
    },

    adaptation: async (tenant, task, id) => copy(recordOf(tenant, task, id)),

    async adaptations(tenant, task, { limit, after }) {
      const below = sequenceAfter(after) ?? Number.POSITIVE_INFINITY;
      const found = [...(kept(tenant, task)?.records.values() ?? [])]
        .filter(({ sequence }) => sequence < below)
        .sort((a, b) => b.sequence - a.sequence);
      return copy(pageOf(found.slice(0, limit + 1), limit, ({ sequence }) => String(sequence)));
    },

    supportSet: async (tenant, task, digest) => copy(kept(tenant, task)?.supports.get(digest) ?? null),

    async update(tenant, taskId, id, change) {
      const found = kept(tenant, taskId);
      const present = found?.records.get(id);
      if (!found || !present) return null;
      const next = hasEnded(present.status) ? null : change(copy(present));
      if (!next) return copy(present);
      const { task } = found;
      const current = task.current === null ? null : (found.records.get(task.current) ?? null);
      put({
        task: next.status === 'succeeded' ? succeedCurrent(task, current, next) : task,
        records: new Map(found.records).set(id, copy(next)),
        supports: found.supports,
        keys: found.keys,
      });
      return copy(next);
    },

    async unfinished() {
      const records = [...tenants.values()].flatMap((tasks) => [...tasks.values()].flatMap(recordsOf));
      return records
        .filter(isUnfinished)
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.sequence - b.sequence)
        .map(({ tenant, task, id }) => ({ tenant, task, id }));
    },

    usage: async (tenant) => usageOf(tasksOf(tenant)),

    acceptedUnder: async (tenant, task, idempotency, now) =>
      copy(accepted(kept(tenant, task), idempotency, now)),

    async removeExpiredIdempotencyKeys(now) {
      for (const tasks of tenants.values()) {
        for (const each of tasks.values())
          put({ ...each, keys: new Map([...each.keys].filter(([, record]) => !isExpired(record, now))) });
      }
    },

    async [Symbol.asyncDispose]() {},
  };
}

const copy = <T>(value: T): T => structuredClone(value);
const idOf = ({ id }: Adaptation) => id;
const isUnfinished = ({ status }: Adaptation) => !hasEnded(status);
/** The adaptation that an earlier request with this key got as its answer. */
function accepted(task: StoredTask | null, idempotency: IdempotencyKey, now: string): Adaptation | null {
  const id = answeredBefore(task?.keys.get(idempotency.key), idempotency, now);
  return (id !== null && task?.records.get(id)) || null;
}
const recordsOf = ({ records }: StoredTask) => [...records.values()];

function usageOf(tasks: TasksOfTenant): Usage {
  const all = [...tasks.values()];
  const records = all.flatMap(recordsOf);
  const supports = all.flatMap((each) => [...each.supports.values()]);
  const bytes = [
    ...all.map(({ task }) => taskBytes(task)),
    ...records.map(recordBytes),
    ...supports.map((support) => encodeSupport(support).length),
    ...all.flatMap(({ keys }) => [...keys.values()].map(keyBytes)),
  ];
  return {
    tasks: all.length,
    examples: supports.reduce((sum, { x }) => sum + (x.shape[0] ?? 0), 0),
    bytes: bytes.reduce((sum, each) => sum + each, 0),
    queued: records.filter(isUnfinished).length,
  };
}
