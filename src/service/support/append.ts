import type { Adaptation } from '../../domain/adaptation.ts';
import { appendSupport, type GivenSupport, type SupportSet } from '../../domain/support-set.ts';
import type { Task, TenantId } from '../../domain/task.ts';
import { rowContents } from '../../domain/tensor-content.ts';
import { InnerloopError } from '../../errors.ts';
import type { TaskStore } from '../../ports/task-store.ts';

/**
 * `more` appended to the latest support set of the task whose adaptation has neither failed nor been cancelled.
 * @throws InnerloopError `invalid_support_set` when the outcomes differ in kind or shape
 */
export async function appendToLatest(
  store: TaskStore,
  { tenant, id }: Task,
  more: GivenSupport,
): Promise<GivenSupport> {
  const latest = await latestSupport(store, tenant, id);
  if (!latest) return more;
  const base = latest.support;
  const support = appendSupport(base, more.support);
  if (support) return { support, contents: new Map([...contentsIn(base), ...more.contents]) };
  const [expected, got] = [describe(base), describe(more.support)];
  const message = `Expected ${expected}, as the stored examples have, got ${got}: send all examples with mode replace`;
  throw new InnerloopError('invalid_support_set', message, { pointer: '/mode', expected, got });
}

function describe({ outcome }: SupportSet): string {
  return outcome.kind === 'labels' ? 'labels' : `targets of shape [${outcome.targets.shape.slice(1)}]`;
}

/** The contents of a set that a version before 0.3 stored: the store does not have them as contents yet. */
function contentsIn({ inputs }: SupportSet) {
  return inputs ? rowContents(inputs) : [];
}

/** The latest support set of the task whose adaptation has neither failed nor been cancelled. */
export async function latestSupport(
  store: TaskStore,
  tenant: TenantId,
  task: string,
): Promise<{ record: Adaptation; support: SupportSet } | null> {
  let after: string | null | undefined;
  while (after !== null) {
    const page = await store.adaptations(tenant, task, { limit: 20, after });
    const record = page.data.find(({ status }) => status !== 'failed' && status !== 'cancelled');
    if (record) {
      const support = await store.supportSet(tenant, task, record.support.digest);
      return support && { record, support };
    }
    after = page.nextCursor;
  }
  return null;
}
