import { appendSupport, type SupportSet } from '../../domain/support-set.ts';
import type { Task, TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { TaskStore } from '../../ports/task-store.ts';

/**
 * `more` appended to the latest support set of the task whose adaptation has neither failed nor been cancelled.
 * @throws InnerloopError `invalid_support_set` when the examples have different shapes
 */
export async function appendToLatest(
  store: TaskStore,
  { tenant, id }: Task,
  more: SupportSet,
): Promise<SupportSet> {
  const base = await latestSupport(store, tenant, id);
  if (!base) return more;
  const support = appendSupport(base, more);
  if (support) return support;
  const expected = `examples of shape [${base.x.shape.slice(1)}], as the stored ones`;
  const got = `examples of shape [${more.x.shape.slice(1)}]`;
  const message = `Expected ${expected}, got ${got}: send all examples with mode replace`;
  throw new InnerloopError('invalid_support_set', message, { pointer: '/mode', expected, got });
}

async function latestSupport(store: TaskStore, tenant: TenantId, task: string): Promise<SupportSet | null> {
  let after: string | null | undefined;
  while (after !== null) {
    const page = await store.adaptations(tenant, task, { limit: 20, after });
    const usable = page.data.find(({ status }) => status !== 'failed' && status !== 'cancelled');
    if (usable) return store.supportSet(tenant, task, usable.support.digest);
    after = page.nextCursor;
  }
  return null;
}
