import { classOrder } from '../../domain/class-order.ts';
import { isStale } from '../../domain/examples/latest.ts';
import { AUTO, type Task } from '../../domain/task.ts';
import { settingsIn } from '../../domain/task-settings.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Drifting } from '../drift/drift.ts';
import type { Models } from '../models.ts';
import type { States } from '../predicting/states.ts';
import type { Service, TaskView } from '../service.ts';
import { checkTaskId, findTask, modelOf, modelRequired } from './find-task.ts';
import { checkMetadata } from './metadata.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly states: Pick<States, 'residency'>;
  readonly drift: Pick<Drifting, 'stop'>;
  readonly clock: Clock;
}

type TaskUseCases = Pick<Service, 'putTask' | 'task' | 'tasks'>;

export function createTasks({ models, store, states, drift, clock }: Parts): TaskUseCases {
  async function view(task: Task): Promise<TaskView> {
    if (task.current === null) {
      const kind = models.list().find(({ name }) => name === task.model)?.task;
      return {
        ...task,
        ...(kind === 'classification' && { labels: null }),
        residency: null,
        stale: isStale(task, null),
      };
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
      stale: isStale(task, record),
    };
  }

  return {
    async putTask(tenant, id, { model: requested, metadata, ...settings }) {
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
        ...settingsIn(settings),
      });
      // Check again: another request may have created the task with another model in between.
      modelOf(task, model, '/model');
      if (settings.monitor === false) await drift.stop({ tenant, task: id });
      return { task: await view(task), created };
    },

    task: async (tenant, id) => view(await findTask(store, tenant, id)),

    async tasks(tenant, page) {
      const { data, nextCursor } = await store.tasks(tenant, page);
      return { data: await Promise.all(data.map(view)), nextCursor };
    },
  };
}
