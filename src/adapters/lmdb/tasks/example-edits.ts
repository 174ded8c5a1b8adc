import { type Adaptation, readAdaptation } from '../../../domain/adaptation.ts';
import { type Editable, type KeptSet, type KeptSets, planEdit } from '../../../domain/examples/edit-plan.ts';
import { storedSupport } from '../../../domain/support-set.ts';
import { readTask } from '../../../domain/task.ts';
import { activateIn } from '../../../domain/transitions.ts';
import type { ExampleStore } from '../../../ports/stores/example-store.ts';
import { readSupportFormat1 } from '../../support-format-1.ts';
import { stringsUnder, type Tables } from '../tables.ts';
import type { createContents } from './contents.ts';
import type { createIdempotencyKeys } from './idempotency-keys.ts';
import type { TenantUsage } from './tenant-usage.ts';

interface Parts {
  readonly tables: Tables;
  readonly idempotencyKeys: ReturnType<typeof createIdempotencyKeys>;
  readonly contents: ReturnType<typeof createContents>;
  readonly usage: TenantUsage;
}

export function createExampleEdits({ tables, contents, usage, idempotencyKeys }: Parts): ExampleStore {
  const { tasks, adaptations, sets, supports, unfinished } = tables;

  function editable(tenant: string, id: string): Editable | null {
    const task = tasks.get([tenant, id]);
    if (!task) return null;
    const records = [...adaptations.getRange(stringsUnder([tenant, id]))];
    return {
      task: readTask(task),
      records: records.map(({ value }) => readAdaptation(value)),
      sets: setsOf(tenant, id),
    };
  }

  /** Reads each set when it is asked for. */
  function setsOf(tenant: string, id: string): KeptSets {
    const under = stringsUnder([tenant, id]);
    const kept: KeptSets = {
      get(digest) {
        const set = sets.get([tenant, id, digest]);
        if (set) return set;
        const bytes = supports.get([tenant, id, digest]);
        return bytes && fromFormat1(bytes);
      },
      *values() {
        for (const [, set] of kept) yield set;
      },
      *[Symbol.iterator]() {
        for (const { key, value } of sets.getRange(under)) yield [key[2] ?? '', value] as const;
        for (const { key, value } of supports.getRange(under))
          yield [key[2] ?? '', fromFormat1(value)] as const;
      },
    };
    return kept;
  }

  return {
    editExamples: (tenant, id, edit, at) =>
      tables.writeThrough(
        () => {
          const found = editable(tenant, id);
          const idempotency = edit.type === 'feedback' ? edit.idempotency : undefined;
          const answered = idempotency && idempotencyKeys.find([tenant, id], idempotency, at);
          const plan = found && planEdit(found, edit, at, answered);
          if (!plan) return null;
          const keyBytes = plan.key ? idempotencyKeys.addedBytes([tenant, id], plan.key) : 0;
          const bytes = plan.usage.bytes + keyBytes;
          usage.charge(tenant, id, { ...plan.usage, bytes }, contents.addedBytes(tenant, plan.held));
          if (plan.key) idempotencyKeys.put([tenant, id], plan.key);
          if (plan.task.feedbackDue)
            tables.feedbackDue.put([tenant, id], Date.parse(plan.task.feedbackDue.at));
          contents.hold(tenant, id, plan.held);
          usage.addContentBytes(tenant, -contents.release(tenant, id, plan.released));
          for (const digest of plan.removed)
            for (const table of [sets, supports]) table.remove([tenant, id, digest]);
          if (plan.list) sets.put([tenant, id, plan.list.digest], plan.list.set);
          for (const record of plan.records) adaptations.put([tenant, id, record.id], record);
          for (const each of plan.edited.unfinished) unfinished.remove([tenant, id, each]);
          tasks.put([tenant, id], plan.task);
          return plan.edited;
        },
        edit.type === 'erase' ? 'frees' : undefined,
      ),

    async feedbackDue(now) {
      const due = [...tables.feedbackDue.getRange()].filter(({ value }) => value <= Date.parse(now));
      return due.map(({ key: [tenant = '', task = ''] }) => ({ tenant, task }));
    },

    async planExamples(tenant, id, edit, at) {
      const found = editable(tenant, id);
      return (found && planEdit(found, edit, at)?.edited) ?? null;
    },

    activate: (tenant, id, adaptation) =>
      tables.writeThrough((): Adaptation | null => {
        const [task, stored] = [tasks.get([tenant, id]), adaptations.get([tenant, id, adaptation])];
        if (!task || !stored) return null;
        const record = readAdaptation(stored);
        if (record.status === 'succeeded') tasks.put([tenant, id], activateIn(readTask(task), record));
        return record;
      }),

    contentSizes: async (tenant, digests) => contents.sizes(tenant, digests),
  };
}

function fromFormat1(bytes: Uint8Array): KeptSet {
  const set = readSupportFormat1(bytes);
  return { ...storedSupport(set), ...(set.inputs && { inputs: set.inputs }) };
}
