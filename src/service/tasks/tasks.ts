import { classOrder } from '../../domain/labels.ts';
import { TASK_ID_PATTERN, type Task, type TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Models } from '../models.ts';
import type { CurrentAdaptation } from '../predicting/current-adaptation.ts';
import type { States } from '../predicting/states.ts';
import type { Service, TaskView } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { checkMetadata } from './metadata.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly current: Pick<CurrentAdaptation, 'forget'>;
  readonly states: States;
  readonly queue: AdaptationQueue;
  readonly clock: Clock;
  onError: ServiceOptions['onError'];
}

const TASK_ID = new RegExp(TASK_ID_PATTERN);

/** One that cannot be a task's is never asked for: stores may not take it as a key. */
export function isTaskId(id: string): boolean {
  return TASK_ID.test(id);
}

/** @throws InnerloopError `task_not_found`, for another tenant's task as for none. */
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

/** The model a task is, or would be, posed on. @throws InnerloopError `model_required`, `model_conflict` at `pointer`. */
export function modelOf(task: Task | null, requested: string | undefined, pointer?: string): string {
  const where = pointer === undefined ? {} : { pointer };
  if (task && requested !== undefined && requested !== task.model) {
    throw new InnerloopError('model_conflict', `Task ${task.id} is posed on ${task.model} and stays there`, {
      ...where,
      expected: task.model,
      got: requested.slice(0, 64),
    });
  }
  const model = task?.model ?? requested;
  if (model !== undefined) return model;
  throw new InnerloopError('model_required', 'A new task needs the name of its model', {
    ...where,
    expected: 'the name of a model',
    got: 'none',
  });
}

type TaskUseCases = Pick<Service, 'putTask' | 'task' | 'tasks' | 'deleteTask'>;

export function createTasks({ models, store, current, states, queue, clock, onError }: Parts): TaskUseCases {
  async function view(task: Task): Promise<TaskView> {
    if (task.current === null) {
      const kind = models.list().find(({ name }) => name === task.model)?.task;
      return { ...task, ...(kind === 'classification' && { labels: null }), residency: null };
    }
    const [record, residency] = await Promise.all([
      store.adaptation(task.tenant, task.id, task.current),
      states.residency({ tenant: task.tenant, id: task.current }),
    ]);
    const labels = record?.support.labels;
    return { ...task, ...(labels && { labels: classOrder(Object.keys(labels)) }), residency };
  }

  /** What follows a deletion: it is done, and a caller told otherwise would find nothing to delete. */
  async function atBest(work: Promise<void>, ref: AdaptationRef): Promise<void> {
    await work.catch((error: unknown) => onError(error, ref));
  }

  return {
    async putTask(tenant, id, { model: requested, metadata }) {
      checkTaskId(id);
      checkMetadata(metadata);
      const model = modelOf(await store.task(tenant, id), requested, '/model');
      models.named(model, '/model');
      const createdAt = clock.now().toISOString();
      const { task, created } = await store.putTask({
        tenant,
        id,
        model,
        createdAt,
        ...(metadata && { metadata }),
      });
      // Two requests may have created it at once.
      modelOf(task, model, '/model');
      return { task: await view(task), created };
    },

    task: async (tenant, id) => view(await findTask(store, tenant, id)),

    async tasks(tenant, page) {
      const { data, nextCursor } = await store.tasks(tenant, page);
      return { data: await Promise.all(data.map(view)), nextCursor };
    },

    async deleteTask(tenant, id) {
      // The records go first: a run that ends after this finds its own gone, and drops its state itself.
      const deleting = isTaskId(id) ? store.deleteTask(tenant, id) : Promise.resolve(null);
      // Whatever comes of it: it may be done and the answer lost.
      const deleted = await deleting.finally(() => current.forget(tenant, id));
      if (!deleted) throw taskNotFound(id);
      const refs = (ids: readonly string[]) =>
        ids.map((each): AdaptationRef => ({ tenant, task: id, id: each }));
      const open = refs(deleted.unfinished);
      await Promise.all(open.map((ref) => atBest(queue.cancel(ref), ref)));
      await Promise.all(refs(deleted.adaptations).map((ref) => atBest(states.forget(ref), ref)));
      await Promise.all(open.map((ref) => queue.announce(ref)));
    },
  };
}
