import { AUTO, TASK_ID_PATTERN, type Task, type TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import { nameOf } from '../models.ts';

const TASK_ID = new RegExp(TASK_ID_PATTERN);
const MAX_PAIRS = 16;
const MAX_KEY_LENGTH = 64;
const MAX_VALUE_LENGTH = 512;

/** Check ids with this before they reach a store, which may not accept every string as a key. */
export function isTaskId(id: string): boolean {
  return TASK_ID.test(id);
}

/** @throws InnerloopError `task_not_found`, also when the task belongs to another tenant */
export async function findTask(store: TaskStore, tenant: TenantId, id: string): Promise<Task> {
  const task = isTaskId(id) ? await store.task(tenant, id) : null;
  if (task) return task;
  throw taskNotFound(id);
}

export function taskNotFound(id: string): InnerloopError {
  return new InnerloopError('task_not_found', `There is no task ${JSON.stringify(id.slice(0, 128))}`);
}

/** @throws InnerloopError `invalid_request` */
export function checkTaskId(id: string): void {
  if (isTaskId(id)) return;
  throw new InnerloopError(
    'invalid_request',
    'Expected a task id of 1 to 128 letters, digits, dots, dashes, underscores',
    {
      expected: TASK_ID_PATTERN,
      got: id.slice(0, 128),
    },
  );
}

/**
 * The model of a request: the task's model if it has one, and the requested one must be that. `auto` if the examples choose it.
 * @throws InnerloopError `model_conflict` at `pointer`
 */
export function modelOf(task: Task | null, requested = AUTO, pointer?: string): string {
  if (!task || task.model === AUTO) return requested;
  if (requested === AUTO || nameOf(requested) === task.model)
    return requested === AUTO ? task.model : requested;
  throw new InnerloopError('model_conflict', `Task ${task.id} uses model ${task.model}; this cannot change`, {
    ...(pointer !== undefined && { pointer }),
    expected: task.model,
    got: requested.slice(0, 128),
  });
}

export function modelRequired(): InnerloopError {
  const expected = 'the name of a model, or auto';
  return new InnerloopError('model_required', `A new task needs ${expected}`, {
    pointer: '/model',
    expected,
    got: 'none',
  });
}

/** @throws InnerloopError `invalid_request` when the metadata exceeds the limits */
export function checkMetadata(metadata: Readonly<Record<string, string>> = {}): void {
  const pairs = Object.entries(metadata);
  if (pairs.length > MAX_PAIRS) throw invalidMetadata(`at most ${MAX_PAIRS} pairs`, `${pairs.length}`);
  for (const [key, value] of pairs) {
    if (key.length > MAX_KEY_LENGTH)
      throw invalidMetadata(`keys of at most ${MAX_KEY_LENGTH} characters`, `${key.length}`);
    if (value.length > MAX_VALUE_LENGTH) {
      throw invalidMetadata(`values of at most ${MAX_VALUE_LENGTH} characters`, `${value.length}`);
    }
  }
}

function invalidMetadata(expected: string, got: string): InnerloopError {
  return new InnerloopError('invalid_request', `Expected metadata with ${expected}, got ${got}`, {
    pointer: '/metadata',
    expected,
    got,
  });
}
