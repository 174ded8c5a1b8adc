import { AUTO, TASK_ID, TASK_ID_PATTERN, type Task, type TenantId } from '../../domain/task.ts';
import { modelConflict } from '../../domain/transitions.ts';
import { InnerloopError } from '../../errors.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { nameOf } from '../models.ts';

const taskId = new RegExp(TASK_ID_PATTERN);

/** Check ids with this before they reach a store, which may not accept every string as a key. */
export function isTaskId(id: string): boolean {
  return taskId.test(id);
}

/** @throws InnerloopError `task_not_found`, also when the task belongs to another tenant */
export async function findTask(store: TaskStore, tenant: TenantId, id: string): Promise<Task> {
  const task = isTaskId(id) ? await store.task(tenant, id) : null;
  if (task) return task;
  throw taskNotFound(id);
}

export function taskNotFound(id: string): InnerloopError {
  const got = JSON.stringify(id.slice(0, 128));
  const expected = 'a task of the tenant of this key (GET /tasks lists them)';
  return new InnerloopError('task_not_found', `There is no task ${got}`, { expected, got });
}

/** @throws InnerloopError `invalid_request` */
export function checkTaskId(id: string): void {
  if (isTaskId(id)) return;
  const got = JSON.stringify(id.slice(0, 128));
  throw new InnerloopError('invalid_request', `Expected ${TASK_ID}, got ${got}`, { expected: TASK_ID, got });
}

/**
 * The model of a request: the task's model if it has one, and the requested one must be that. `auto` if the examples choose it.
 * @throws InnerloopError `model_conflict` at `pointer`
 */
export function modelOf(task: Task | null, requested = AUTO, pointer?: string): string {
  if (!task || task.model === AUTO) return requested;
  if (requested === AUTO || nameOf(requested) === task.model)
    return requested === AUTO ? task.model : requested;
  throw modelConflict(task, requested, pointer);
}

export function modelRequired(): InnerloopError {
  const expected = 'the name of a model, or auto';
  return new InnerloopError('model_required', `A new task needs ${expected}`, {
    pointer: '/model',
    expected,
    got: 'none',
  });
}
