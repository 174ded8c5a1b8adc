import type { Task } from '../../../domain/task.ts';
import type { Usage } from '../../../domain/usage.ts';
import { taskKeys } from '../key-names.ts';
import type { ScriptArgument } from '../script.ts';

/** A Redis command that writes, such as `['HSET', key, field, value]`. */
export type Write = readonly [command: string, key: string, ...args: ScriptArgument[]];

/** Writes the task. `current` is also a separate field, so that a script can read it without parsing the task. */
export function writeTask(task: Task): readonly Write[] {
  const keys = taskKeys(task.tenant, task.id);
  const current: Write =
    task.current === null ? ['HDEL', keys.task, 'current'] : ['HSET', keys.task, 'current', task.current];
  return [['HSET', keys.task, 'task', JSON.stringify(task)], current, ['ZADD', keys.tasks, 0, task.id]];
}

/** Updates the task's part of the tenant's usage. A deletion of the task subtracts that part. */
export function writeShare({ tenant, id }: Task, { examples, bytes, queued }: Usage): readonly Write[] {
  const keys = taskKeys(tenant, id);
  return Object.entries({ examples, bytes, queued })
    .filter(([, more]) => more !== 0)
    .map(([field, more]) => ['HINCRBY', keys.task, field, more]);
}

/** Maximum number of members in one command, because Lua's stack is limited. */
export const MAX_MEMBERS = 1000;

/** Removes members of a sorted set, in commands of limited size. */
export function removeMembers(key: string, members: readonly string[]): readonly Write[] {
  return chunks(members, MAX_MEMBERS).map((some): Write => ['ZREM', key, ...some]);
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
