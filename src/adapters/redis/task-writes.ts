import type { Task } from '../../domain/task.ts';
import type { Usage } from '../../domain/usage.ts';
import type { Write } from './commit.ts';
import { taskKeys } from './keys.ts';

/** `current` is also a field of its own, so that a script finds the record without parsing the task. */
export function writeTask(task: Task): readonly Write[] {
  const keys = taskKeys(task.tenant, task.id);
  const current: Write =
    task.current === null ? ['HDEL', keys.task, 'current'] : ['HSET', keys.task, 'current', task.current];
  return [['HSET', keys.task, 'task', JSON.stringify(task)], current, ['ZADD', keys.tasks, 0, task.id]];
}

/** The task's share of the tenant's usage, which a deletion subtracts again. */
export function writeShare({ tenant, id }: Task, { examples, bytes, queued }: Usage): readonly Write[] {
  const keys = taskKeys(tenant, id);
  return Object.entries({ examples, bytes, queued })
    .filter(([, more]) => more !== 0)
    .map(([field, more]) => ['HINCRBY', keys.task, field, more]);
}
