import { pageOf, sequenceAfter, taskIdAfter } from '../../../src/adapters/paging.ts';
import { type Adaptation, hasEnded } from '../../../src/domain/adaptation.ts';
import {
  answeredBefore,
  type IdempotencyKey,
  isExpired,
  keyRecordOf,
} from '../../../src/domain/idempotency.ts';
import { missingContents } from '../../../src/domain/support-set.ts';
import { acceptInto, addReport, mergeTask, succeedCurrent } from '../../../src/domain/transitions.ts';
import { checkQuota, type Quota, subtractUsage } from '../../../src/domain/usage.ts';
import type { PredictionStore } from '../../../src/ports/stores/prediction-store.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import type { Tensor } from '../../../src/tensor.ts';
import { memoryExampleEdits } from './example-edits.ts';
import { memoryFeatureWindows } from './feature-windows.ts';
import { memoryPredictions } from './predictions.ts';
import {
  contentsOf,
  type Features,
  isUnfinished,
  recordsOf,
  type StoredTask,
  type TasksOfTenant,
  usageOf,
} from './stored-tasks.ts';

/**
 * A reference implementation of `TaskStore` in memory. It computes the usage from all stored data. Readers get
 * copies. A change works on a new map, so that a refusal changes nothing.
 */
export function createMemoryTaskStore({ quota }: { readonly quota: Quota }): TaskStore & {
  readonly predictions: PredictionStore;
} {
  const tenants = new Map<string, TasksOfTenant>();
  /** By tenant, then by content and encoder. */
  const features = new Map<string, Features>();
  const featuresOf = (tenant: string): Features => features.get(tenant) ?? new Map();
  const tasksOf = (tenant: string): TasksOfTenant => tenants.get(tenant) ?? new Map();
  const kept = (tenant: string, task: string) => tasksOf(tenant).get(task) ?? null;
  const recordOf = (tenant: string, task: string, id: string) => kept(tenant, task)?.records.get(id) ?? null;

  /** @throws InnerloopError if the quota is exceeded; then nothing changes. */
  const put = ({ task, ...rest }: StoredTask): void => {
    const before = tasksOf(task.tenant);
    const after = new Map(before).set(task.id, { task, ...rest });
    const known = featuresOf(task.tenant);
    const [had, has] = [usageOf(before, known), usageOf(after, known)];
    checkQuota(had, subtractUsage(has, had), quota);
    tenants.set(task.tenant, after);
  };

  /** Removes the features of contents that no task uses any more. */
  const dropFeatures = (tenant: string): void => {
    const left = contentsOf(tasksOf(tenant));
    features.set(tenant, new Map([...featuresOf(tenant)].filter(([key]) => left.has(contentIn(key)))));
  };

  const all = () => [...tenants.values()].flatMap((tasks) => [...tasks.values()].map(({ task }) => task));

  return {
    predictions: memoryPredictions({
      find: kept,
      tasks: tasksOf,
      tenants: () => [...tenants.keys()],
      replace: put,
    }),

    ...memoryExampleEdits({
      find: kept,
      contents: (tenant) => contentsOf(tasksOf(tenant)),
      all,
      replace(each) {
        put(each);
        dropFeatures(each.task.tenant);
      },
    }),

    ...memoryFeatureWindows({ find: kept, all, replace: put }),

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
      put({ ...emptyTask, ...present, task });
      return copy({ task, created: !present });
    },

    async deleteTask(tenant, id) {
      const found = kept(tenant, id);
      if (!found) return null;
      tenants.set(tenant, new Map([...tasksOf(tenant)].filter(([each]) => each !== id)));
      dropFeatures(tenant);
      const records = [...found.records.values()];
      return { adaptations: records.map(idOf), unfinished: records.filter(isUnfinished).map(idOf) };
    },

    async deleteTenant(tenant) {
      tenants.delete(tenant);
      features.delete(tenant);
    },

    async accept(draft, given, taskDraft, { expectSubmitted, idempotency, moves } = {}) {
      const present = kept(draft.tenant, draft.task);
      const earlier = idempotency && accepted(present, idempotency, draft.createdAt);
      if (earlier) return copy({ adaptation: earlier, accepted: false });
      const merged = mergeTask(present?.task ?? null, taskDraft, moves);
      if (expectSubmitted !== undefined) {
        if (expectSubmitted !== merged.submitted) return null;
        if (missingContents(given).some((digest) => !present?.contents.has(digest))) return null;
      }
      const former = present?.records.get(draft.id) ?? null;
      const { task, adaptation, accepted: isNew } = acceptInto(merged, former, draft);
      const supports = new Map(present?.supports);
      const contents = new Map(present?.contents);
      const { support } = given;
      if (isNew && !supports.has(support.digest)) supports.set(support.digest, copy(support));
      if (isNew) for (const [digest, content] of copy(given.contents)) contents.set(digest, content);
      const keys = new Map(present?.keys);
      if (idempotency) keys.set(idempotency.key, keyRecordOf(idempotency, draft));
      const records = new Map(present?.records).set(draft.id, copy(adaptation));
      put({ ...emptyTask, ...present, task, records, supports, keys, contents });
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

    async contents(tenant, digests) {
      const all = contentsOf(tasksOf(tenant));
      return copy(new Map([...digests].flatMap((digest) => entry(digest, all.get(digest)))));
    },

    async features(tenant, encoder, digests) {
      const known = featuresOf(tenant);
      const find = (digest: string) => entry(digest, known.get(featuresKey(digest, encoder)));
      return copy(new Map([...digests].flatMap(find)));
    },

    async putFeatures(tenant, encoder, given) {
      const left = contentsOf(tasksOf(tenant));
      const added = [...given].filter(([digest]) => left.has(digest));
      const entries = added.map(([digest, each]): [string, Tensor] => [
        featuresKey(digest, encoder),
        copy(each),
      ]);
      features.set(tenant, new Map([...entries, ...featuresOf(tenant)]));
    },

    async update(tenant, taskId, id, change) {
      const found = kept(tenant, taskId);
      const present = found?.records.get(id);
      if (!found || !present) return null;
      const next = hasEnded(present.status) ? null : change(copy(present));
      if (!next) return copy(present);
      const { task } = found;
      const current = task.current === null ? null : (found.records.get(task.current) ?? null);
      put({
        ...found,
        task: next.status === 'succeeded' ? succeedCurrent(task, current, next) : task,
        records: new Map(found.records).set(id, copy(next)),
      });
      return copy(next);
    },

    async putReport(tenant, taskId, id, report) {
      const found = kept(tenant, taskId);
      const next = addReport(found?.records.get(id) ?? null, report);
      if (found && next) put({ ...found, records: new Map(found.records).set(id, copy(next)) });
    },

    async unfinished() {
      const records = [...tenants.values()].flatMap((tasks) => [...tasks.values()].flatMap(recordsOf));
      return records
        .filter(isUnfinished)
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.sequence - b.sequence)
        .map(({ tenant, task, id }) => ({ tenant, task, id }));
    },

    async packagesInUse() {
      const records = [...tenants.values()].flatMap((tasks) => [...tasks.values()].flatMap(recordsOf));
      return new Set(records.map(({ packageDigest }) => packageDigest));
    },

    usage: async (tenant) => usageOf(tasksOf(tenant), featuresOf(tenant)),

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
/** The adaptation that an earlier request with this key got as its answer. */
function accepted(task: StoredTask | null, idempotency: IdempotencyKey, now: string): Adaptation | null {
  const id = answeredBefore(task?.keys.get(idempotency.key), idempotency, now);
  return (id !== null && task?.records.get(id)) || null;
}

const emptyTask = {
  records: new Map(),
  supports: new Map(),
  keys: new Map(),
  contents: new Map(),
  predictions: new Map(),
  outcomes: [],
};

const featuresKey = (content: string, encoder: string) => `${content} ${encoder}`;
const contentIn = (key: string) => key.slice(0, key.indexOf(' '));

function entry<T>(key: string, value: T | undefined): [string, T][] {
  return value === undefined ? [] : [[key, value]];
}
