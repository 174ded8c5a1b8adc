import type { Adaptation } from '../../domain/adaptation.ts';
import { isGivenUp, latestDigest } from '../../domain/examples/latest.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import type { Task } from '../../domain/task.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';

type Reads = Pick<TaskStore, 'task' | 'adaptations' | 'supportSet'>;

export interface LatestSupport {
  /** The latest adaptation that has neither failed nor been cancelled. */
  readonly record: Adaptation;
  /** Its support set, or the list of examples that later edits have left. */
  readonly support: SupportSet;
}

/** The examples of the task as they are now. Null when it has none. */
export async function latestSupport(store: Reads, task: Task): Promise<LatestSupport | null> {
  const record = await latestRecord(store, task);
  const digest = latestDigest(task, record);
  if (!record || digest === null) return null;
  const support = await store.supportSet(task.tenant, task.id, digest);
  if (support) return { record, support };
  // An edit in between has removed the list that was read.
  const after = await store.task(task.tenant, task.id);
  return after && after.submitted !== task.submitted ? latestSupport(store, after) : null;
}

async function latestRecord(store: Reads, { tenant, id }: Task): Promise<Adaptation | null> {
  let after: string | null | undefined;
  while (after !== null) {
    const page = await store.adaptations(tenant, id, { limit: 20, after });
    const record = page.data.find((each) => !isGivenUp(each));
    if (record) return record;
    after = page.nextCursor;
  }
  return null;
}
