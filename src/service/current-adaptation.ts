import { LRUCache } from 'lru-cache';
import { isUnavailable } from '../errors.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { TenantId } from '../tasks/task.ts';

type Current = Awaited<ReturnType<TaskStore['current']>>;

const REMEMBERED = 10_000;

/**
 * The task and the adaptation that answers its predictions. The store is asked each time, so that every process sees a new
 * adaptation, or none, at once. Only while the store is unavailable is it what this process has seen last: tasks whose
 * state is in memory go on answering.
 */
export function createCurrentAdaptation(store: TaskStore) {
  const seen = new LRUCache<string, NonNullable<Current>>({ max: REMEMBERED });
  return async (tenant: TenantId, task: string): Promise<Current> => {
    const key = JSON.stringify([tenant, task]);
    try {
      const current = await store.current(tenant, task);
      if (current?.adaptation)
        seen.set(key, { ...current, adaptation: { ...current.adaptation, losses: [] } });
      else seen.delete(key);
      return current;
    } catch (error) {
      const last = seen.get(key);
      if (last && isUnavailable(error)) return last;
      throw error;
    }
  };
}
