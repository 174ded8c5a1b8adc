import { classOrder } from '../../domain/class-order.ts';
import { AUTO, type Task } from '../../domain/task.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Models } from '../models.ts';
import type { CurrentAdaptation } from '../predicting/current-adaptation.ts';
import type { States } from '../predicting/states.ts';
import type { Service, TaskView } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import {
  checkMetadata,
  checkTaskId,
  findTask,
  isTaskId,
  modelOf,
  modelRequired,
  taskNotFound,
} from './checks.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly current: Pick<CurrentAdaptation, 'forget'>;
  readonly states: States;
  readonly queue: AdaptationQueue;
  readonly clock: Clock;
  onError: ServiceOptions['onError'];
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
    const columns = record?.columns;
    return {
      ...task,
      ...(labels && { labels: classOrder(Object.keys(labels)) }),
      ...(columns && { columns }),
      residency,
    };
  }

  /** For work after a deletion: the task is already deleted, so errors are logged and not answered. */
  async function reportErrors(work: Promise<void>, ref: AdaptationRef): Promise<void> {
    await work.catch((error: unknown) => onError(error, ref));
  }

  return {
    async putTask(tenant, id, { model: requested, metadata, packageUpdates }) {
      checkTaskId(id);
      checkMetadata(metadata);
      const present = await store.task(tenant, id);
      if (!present && requested === undefined) throw modelRequired();
      const named = modelOf(present, requested, '/model');
      const model = named === AUTO ? AUTO : models.named(named, '/model').name;
      const createdAt = clock.now().toISOString();
      const { task, created } = await store.putTask({
        tenant,
        id,
        model,
        createdAt,
        ...(metadata && { metadata }),
        ...(packageUpdates && { packageUpdates }),
      });
      // Check again: another request may have created the task with another model in between.
      modelOf(task, model, '/model');
      return { task: await view(task), created };
    },

    task: async (tenant, id) => view(await findTask(store, tenant, id)),

    async tasks(tenant, page) {
      const { data, nextCursor } = await store.tasks(tenant, page);
      return { data: await Promise.all(data.map(view)), nextCursor };
    },

    async deleteTask(tenant, id) {
      // Records first: a run that ends after this finds no record, and removes its state itself.
      const deleting = isTaskId(id) ? store.deleteTask(tenant, id) : Promise.resolve(null);
      // Even after an error: the deletion may have succeeded although its answer was lost.
      const deleted = await deleting.finally(() => current.forget(tenant, id));
      if (!deleted) throw taskNotFound(id);
      const refs = (ids: readonly string[]) =>
        ids.map((each): AdaptationRef => ({ tenant, task: id, id: each }));
      const open = refs(deleted.unfinished);
      await Promise.all(open.map((ref) => reportErrors(queue.cancel(ref), ref)));
      await Promise.all(refs(deleted.adaptations).map((ref) => reportErrors(states.forget(ref), ref)));
      await Promise.all(open.map((ref) => queue.announce(ref)));
    },
  };
}
