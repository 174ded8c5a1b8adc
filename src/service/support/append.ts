import { appendSupport, type GivenSupport, type SupportSet } from '../../domain/support-set.ts';
import type { Task } from '../../domain/task.ts';
import { rowContents } from '../../domain/tensor-content.ts';
import { InnerloopError } from '../../errors.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { latestSupport } from './latest-support.ts';

/**
 * `more` appended to the examples of the task, as `latestSupport` answers them.
 * @throws InnerloopError `invalid_support_set` when the outcomes differ in kind or shape
 */
export async function appendToLatest(
  store: TaskStore,
  task: Task,
  more: GivenSupport,
): Promise<GivenSupport> {
  const latest = await latestSupport(store, task);
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
export function contentsIn({ inputs }: SupportSet) {
  return inputs ? rowContents(inputs) : [];
}
