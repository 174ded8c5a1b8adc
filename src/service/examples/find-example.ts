import type { Content } from '../../domain/content.ts';
import { EXAMPLE_ID_PATTERN, type Example } from '../../domain/example.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import type { Task } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { contentsIn } from '../support/append.ts';
import { latestSupport } from '../support/latest-support.ts';

type Reads = Pick<TaskStore, 'task' | 'adaptations' | 'supportSet' | 'contents'>;

const EXAMPLE_ID = new RegExp(EXAMPLE_ID_PATTERN);

export function exampleNotFound(task: string, id: string): InnerloopError {
  return new InnerloopError('example_not_found', `Task ${task} has no such example`, {
    got: id.slice(0, 64),
  });
}

/**
 * An example with a set that contains it: the examples of the task, or else the set of an older adaptation.
 * @throws InnerloopError `example_not_found`
 */
export async function findExample(
  store: Reads,
  task: Task,
  id: string,
): Promise<{ example: Example; set: SupportSet }> {
  if (EXAMPLE_ID.test(id))
    for await (const set of setsOf(store, task)) {
      const example = set.examples.find((each) => each.id === id);
      if (example) return { example, set };
    }
  throw exampleNotFound(task.id, id);
}

async function* setsOf(store: Reads, task: Task): AsyncGenerator<SupportSet> {
  const latest = await latestSupport(store, task);
  if (latest) yield latest.support;
  const seen = new Set([latest?.support.digest]);
  let after: string | null | undefined;
  while (after !== null) {
    const page = await store.adaptations(task.tenant, task.id, { limit: 100, after });
    for (const { support } of page.data) {
      if (seen.has(support.digest)) continue;
      seen.add(support.digest);
      const set = await store.supportSet(task.tenant, task.id, support.digest);
      if (set) yield set;
    }
    after = page.nextCursor;
  }
}

/** The content of an example in `set`. @throws InnerloopError `example_not_found` when it was erased in between */
export async function contentOfExample(
  store: Reads,
  task: Task,
  { id, content: digest }: Example,
  set: SupportSet,
): Promise<Content> {
  const stored = await store.contents(task.tenant, [digest]);
  const content = stored.get(digest) ?? contentsIn(set).find(([each]) => each === digest)?.[1];
  if (content) return content;
  throw exampleNotFound(task.id, id);
}
