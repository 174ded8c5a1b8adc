import type { TenantId } from '../../domain/task.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Drifting } from '../drift/drift.ts';
import type { CurrentAdaptation } from '../predicting/current-adaptation.ts';
import type { States } from '../predicting/states.ts';
import type { ServiceOptions } from '../service-options.ts';
import { isTaskId, taskNotFound } from './find-task.ts';

/** Deletes a task, and its adaptations in queue and caches. @throws InnerloopError `task_not_found` */
export type DeleteTask = (tenant: TenantId, id: string) => Promise<void>;

interface Parts {
  readonly store: Pick<TaskStore, 'deleteTask'>;
  readonly current: Pick<CurrentAdaptation, 'forget'>;
  readonly states: Pick<States, 'forget'>;
  readonly drift?: Pick<Drifting, 'forget'>;
  readonly queue: Pick<AdaptationQueue, 'cancel' | 'announce'>;
  onError: ServiceOptions['onError'];
}

export function createDeleteTask({ store, current, states, drift, queue, onError }: Parts): DeleteTask {
  /** For work after the deletion: the task is already deleted, so errors are logged and not answered. */
  const reportErrors = (work: Promise<void>, ref: AdaptationRef): Promise<void> =>
    work.catch((error: unknown) => onError(error, ref));

  return async (tenant, id) => {
    // Records first: a run that ends after this finds no record, and removes its state itself.
    const deleting = isTaskId(id) ? store.deleteTask(tenant, id) : Promise.resolve(null);
    // Even after an error: the deletion may have succeeded although its answer was lost.
    const deleted = await deleting.finally(() => current.forget(tenant, id));
    if (!deleted) throw taskNotFound(id);
    drift?.forget({ tenant, task: id });
    const refs = (ids: readonly string[]) =>
      ids.map((each): AdaptationRef => ({ tenant, task: id, id: each }));
    const open = refs(deleted.unfinished);
    await Promise.all(open.map((ref) => reportErrors(queue.cancel(ref), ref)));
    await Promise.all(refs(deleted.adaptations).map((ref) => reportErrors(states.forget(ref), ref)));
    await Promise.all(open.map((ref) => queue.announce(ref)));
  };
}
