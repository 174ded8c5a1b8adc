import type { Adaptation } from '../../../src/domain/adaptation.ts';
import type { Contents } from '../../../src/domain/content.ts';
import { type KeptSet, planEdit } from '../../../src/domain/examples/edit-plan.ts';
import { answeredBefore } from '../../../src/domain/idempotency.ts';
import { storedSupport, supportSet } from '../../../src/domain/support-set.ts';
import type { Task } from '../../../src/domain/task.ts';
import { activateIn } from '../../../src/domain/transitions.ts';
import type { ExampleStore } from '../../../src/ports/stores/example-store.ts';
import type { StoredTask } from './stored-tasks.ts';

export interface StoredTasks {
  find(tenant: string, task: string): StoredTask | null;
  contents(tenant: string): Contents;
  all(): readonly Task[];
  /** @throws InnerloopError if the quota is exceeded; then nothing changes */
  replace(task: StoredTask): void;
}

/** The edits of the reference store. */
export function memoryExampleEdits({ find, contents, all, replace }: StoredTasks): ExampleStore {
  const plan: (...args: Parameters<ExampleStore['planExamples']>) => ReturnType<typeof planEdit> = (
    tenant,
    id,
    edit,
    at,
  ) => {
    const found = find(tenant, id);
    if (!found) return null;
    const idempotency = edit.type === 'feedback' ? edit.idempotency : undefined;
    const answered = idempotency && answeredBefore(found.keys.get(idempotency.key), idempotency, at);
    const sets = new Map(
      [...found.supports].map(([digest, set]): [string, KeptSet] => [digest, storedSupport(set)]),
    );
    return planEdit({ task: found.task, records: [...found.records.values()], sets }, edit, at, answered);
  };

  return {
    async editExamples(tenant, id, edit, at) {
      const [found, planned] = [find(tenant, id), plan(tenant, id, edit, at)];
      if (!found || !planned) return null;
      const { task, records, list, removed, released, edited, held, key } = structuredClone(planned);
      const supports = new Map([...found.supports].filter(([digest]) => !removed.includes(digest)));
      if (list) supports.set(list.digest, supportSet(list.set));
      replace({
        ...found,
        task,
        records: new Map([...found.records, ...records.map((each): [string, Adaptation] => [each.id, each])]),
        supports,
        contents: new Map([...found.contents, ...held].filter(([digest]) => !released.includes(digest))),
        keys: key ? new Map(found.keys).set(key.key, key) : found.keys,
      });
      return edited;
    },

    feedbackDue: async (now) =>
      all()
        .filter(({ feedbackDue }) => feedbackDue && feedbackDue.at <= now)
        .map(({ tenant, id }) => ({ tenant, task: id })),

    planExamples: async (...args) => structuredClone(plan(...args)?.edited ?? null),

    async activate(tenant, id, adaptation) {
      const found = find(tenant, id);
      const record = found?.records.get(adaptation);
      if (!found || !record) return null;
      if (record.status === 'succeeded') replace({ ...found, task: activateIn(found.task, record) });
      return structuredClone(record);
    },

    async contentSizes(tenant, digests) {
      const stored = contents(tenant);
      const sizes = [...digests].map((digest) => [digest, stored.get(digest)?.bytes.length] as const);
      return new Map(
        sizes.flatMap(([digest, size]) => (size === undefined ? [] : [[digest, size] as const])),
      );
    },
  };
}
