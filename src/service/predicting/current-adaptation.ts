import { LRUCache } from 'lru-cache';
import type { TenantId } from '../../domain/task.ts';
import { isUnavailable } from '../../errors.ts';
import type { TaskStore } from '../../ports/task-store.ts';

type Current = Awaited<ReturnType<TaskStore['current']>>;

export interface CurrentAdaptation {
  of(tenant: TenantId, task: string): Promise<Current>;
  /** It was deleted here: this process tells nothing of it any more, whatever becomes of the store. */
  forget(tenant: TenantId, task: string): void;
}

const REMEMBERED = 10_000;

/**
 * The task and the adaptation that answers its predictions. The store is asked each time, so that every process sees a new
 * adaptation, or none, at once. Only while the store is unavailable is it what this process has seen last: tasks whose
 * state is in memory go on answering.
 */
export function createCurrentAdaptation(store: TaskStore): CurrentAdaptation {
  const seen = new LRUCache<string, NonNullable<Current>>({ max: REMEMBERED });
  const keyOf = (tenant: TenantId, task: string) => JSON.stringify([tenant, task]);
  return {
    async of(tenant, task) {
      const key = keyOf(tenant, task);
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
    },
    forget: (tenant, task) => seen.delete(keyOf(tenant, task)),
  };
}
