import { InnerloopError } from '../../errors.ts';
import type { Page, TaskDraft, TaskStore } from '../../ports/task-store.ts';
import { type Adaptation, hasEnded } from '../../tasks/adaptation.ts';
import { TASK_ID_PATTERN, type Task } from '../../tasks/task.ts';
import { decodeSupport, encodeSupport } from './support-bytes.ts';
import { numbersUnder, openTables, stringsUnder, type Tables } from './tables.ts';

const TASK_ID = new RegExp(TASK_ID_PATTERN);

/**
 * The embedded store. Requests read snapshots without locks; writes are transactions of one writer, of which many
 * are committed at once, so nothing in them may fail after its first write.
 */
export function createLmdbTaskStore({ path }: { readonly path: string }): TaskStore {
  const tables = openTables(path);
  const { tasks, adaptations, order, supports, unfinished } = tables;

  return {
    task: async (tenant, id) => tasks.get([tenant, id]) ?? null,

    async tasks(tenant, { limit, after }) {
      if (after !== undefined && !TASK_ID.test(after)) throw invalidCursor(after);
      const found = tasks.getRange({ ...stringsUnder([tenant], after), limit: limit + 1 });
      return page(
        [...found].map(({ value }) => value),
        limit,
        (task) => task.id,
      );
    },

    putTask: (draft) =>
      tables.writeThrough(() => {
        const present = tasks.get([draft.tenant, draft.id]);
        const task = mergeTask(present, draft);
        if (present?.model !== undefined && present.model !== draft.model)
          return { task: present, created: false };
        tasks.put([task.tenant, task.id], task);
        return { task, created: !present };
      }),

    deleteTask: (tenant, id) =>
      tables.writeThrough(() => {
        if (!tasks.get([tenant, id])) return false;
        tasks.remove([tenant, id]);
        const prefix = [tenant, id];
        for (const table of [adaptations, supports, unfinished]) {
          for (const key of [...table.getKeys(stringsUnder(prefix))]) table.remove(key);
        }
        for (const key of [...order.getKeys(numbersUnder(prefix))]) order.remove(key);
        return true;
      }),

    accept: (draft, support, taskDraft, expectSubmitted) => {
      const bytes = Buffer.from(encodeSupport(support).buffer);
      return tables.writeThrough(() => {
        const present = tasks.get([taskDraft.tenant, taskDraft.id]);
        if (present && present.model !== taskDraft.model) throw modelConflict(present, taskDraft);
        const task = mergeTask(present, taskDraft);
        if (expectSubmitted !== undefined && expectSubmitted !== task.submitted) return null;

        const former = adaptations.get([draft.tenant, draft.task, draft.id]);
        const accepted = !former || former.status === 'failed' || former.status === 'cancelled';
        const isLatest = !accepted && former.sequence === task.submitted;
        const sequence = isLatest ? former.sequence : task.submitted + 1;
        const adaptation: Adaptation = accepted ? { ...draft, sequence } : { ...former, sequence };

        const key = [draft.tenant, draft.task, draft.id];
        const current = adaptation.status === 'succeeded' ? adaptation.id : task.current;
        tasks.put([task.tenant, task.id], {
          ...task,
          submitted: Math.max(sequence, task.submitted),
          current,
        });
        if (former) order.remove([draft.tenant, draft.task, former.sequence]);
        order.put([draft.tenant, draft.task, sequence], draft.id);
        adaptations.put(key, adaptation);
        if (accepted) {
          supports.put([draft.tenant, draft.task, support.digest], bytes);
          unfinished.put(key, true);
        }
        return { adaptation, accepted };
      });
    },

    adaptation: async (tenant, task, id) => adaptations.get([tenant, task, id]) ?? null,

    async adaptations(tenant, task, { limit, after }) {
      const range = numbersUnder([tenant, task], after === undefined ? undefined : sequenceOf(after));
      const ids = [...order.getRange({ ...range, limit: limit + 1 })].map(({ value }) => value);
      const found = ids.flatMap((id) => adaptations.get([tenant, task, id]) ?? []);
      return page(found, limit, ({ sequence }) => String(sequence));
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
        if (hasEnded(next.status)) unfinished.remove(key);
        if (next.status === 'succeeded') makeCurrent(tables, next);
        return next;
      }),

    async unfinished() {
      const records = [...unfinished.getKeys()].flatMap((key) => adaptations.get(key) ?? []);
      return records.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.sequence - b.sequence);
    },

    [Symbol.asyncDispose]: () => tables.close(),
  };
}

function mergeTask(present: Task | undefined, { metadata, ...draft }: TaskDraft): Task {
  if (!present) return { ...draft, metadata: metadata ?? {}, current: null, submitted: 0 };
  return metadata ? { ...present, metadata } : present;
}

function makeCurrent(
  { tasks, adaptations }: Tables,
  { tenant, task: id, id: adaptation, sequence }: Adaptation,
): void {
  const task = tasks.get([tenant, id]);
  if (!task) return;
  const current = task.current === null ? undefined : adaptations.get([tenant, id, task.current]);
  // A later request whose run ended first keeps its place.
  if (current && current.sequence > sequence) return;
  tasks.put([tenant, id], { ...task, current: adaptation });
}

function page<Item>(found: readonly Item[], limit: number, cursorOf: (item: Item) => string): Page<Item> {
  const data = found.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: found.length > limit && last ? cursorOf(last) : null };
}

function sequenceOf(cursor: string): number {
  const sequence = Number(cursor);
  if (Number.isSafeInteger(sequence) && sequence > 0) return sequence;
  throw invalidCursor(cursor);
}

function invalidCursor(cursor: string): InnerloopError {
  return new InnerloopError('invalid_request', 'Expected the cursor of a former page', {
    got: cursor.slice(0, 64),
  });
}

function modelConflict(task: Task, draft: TaskDraft): InnerloopError {
  return new InnerloopError('model_conflict', `Task ${task.id} is posed on ${task.model}`, {
    pointer: '/model',
    expected: task.model,
    got: draft.model,
  });
}
