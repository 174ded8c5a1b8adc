import { LRUCache } from 'lru-cache';
import { type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { Task, TenantId } from '../../domain/task.ts';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import { adaptationNotFound, isAdaptationId } from '../adapting/adaptations.ts';
import type { FollowPackage } from '../packages/follow-package.ts';
import { isTaskId, taskNotFound } from '../tasks/find-task.ts';

type Current = Awaited<ReturnType<TaskStore['current']>>;

/** A task, and the adaptation that answers for it. */
export interface Found {
  readonly task: Task;
  readonly adaptation: Adaptation;
}

/** Finds the adaptation that answers a prediction. */
export interface CurrentAdaptation {
  /**
   * The task's current adaptation, or the one with this id, which must have succeeded.
   * @throws InnerloopError `task_not_found`, `task_not_adapted`, `adaptation_not_found`, `adaptation_not_succeeded`
   */
  find(tenant: TenantId, task: string, id?: string): Promise<Found>;
  /** Call this when a task is deleted, even if the deletion may have failed. */
  forget(tenant: TenantId, task: string): void;
}

const MAX_CACHED_TASKS = 10_000;

/**
 * Reads the store each time, so that every process sees a new adaptation or a deletion at once. While the store is
 * unavailable, it uses the record that this process has read last, so that tasks with a state in memory still answer.
 */
export function createCurrentAdaptation(
  store: TaskStore,
  followPackage: FollowPackage = () => undefined,
): CurrentAdaptation {
  // `max` would allocate all places at once.
  const cache = new LRUCache<string, NonNullable<Current>>({
    maxSize: MAX_CACHED_TASKS,
    sizeCalculation: () => 1,
  });
  const keyOf = (tenant: TenantId, task: string) => JSON.stringify([tenant, task]);

  async function currentOf(tenant: TenantId, task: string): Promise<Current> {
    const key = keyOf(tenant, task);
    try {
      const current = await store.current(tenant, task);
      if (current?.adaptation) cache.set(key, { ...current, adaptation: withoutLosses(current.adaptation) });
      else cache.delete(key);
      return current;
    } catch (error) {
      const cached = cache.get(key);
      if (cached && isUnavailable(error)) return cached;
      throw error;
    }
  }

  return {
    async find(tenant, taskId, id) {
      const found = isTaskId(taskId) ? await currentOf(tenant, taskId) : null;
      if (!found) throw taskNotFound(taskId);
      const { task, adaptation } = found;
      if (id === undefined) {
        if (adaptation) {
          followPackage(task, adaptation);
          return { task, adaptation };
        }
        const { data } = await store.adaptations(tenant, taskId, { limit: 1 });
        throw notAdapted(task, data[0]);
      }
      if (adaptation?.id === id) return { task, adaptation };
      const named = isAdaptationId(id) ? await store.adaptation(tenant, taskId, id) : null;
      if (!named) throw adaptationNotFound(taskId, id);
      if (named.status === 'succeeded') return { task, adaptation: named };
      if (named.status === 'erased') throw adaptationErased(named);
      throw notSucceeded(named);
    },
    forget: (tenant, task) => cache.delete(keyOf(tenant, task)),
  };
}

/** There can be many. */
function withoutLosses(adaptation: Adaptation): Adaptation {
  return adaptation.losses.length === 0 ? adaptation : { ...adaptation, losses: [] };
}

const expected = 'an adaptation that has succeeded';

function notAdapted({ id }: Task, latest: Adaptation | undefined): InnerloopError {
  const reason = latest?.error ? `: ${latest.error.message}` : '';
  const advice = latest?.status === 'erased' ? ', because an example was erased: call readapt' : '';
  const got = latest
    ? `the latest is ${latest.status} (${latest.id})${reason}${advice}`
    : 'none was submitted';
  const message = `Task ${id} has no adaptation that has succeeded; ${got}`;
  return new InnerloopError('task_not_adapted', message, { expected, got, ...retryAfter(latest) });
}

export function adaptationErased({ id }: Pick<Adaptation, 'id'>): InnerloopError {
  const message = `Adaptation ${id} was erased, because it had learnt from an example that was erased`;
  return new InnerloopError('adaptation_erased', message, { expected, got: 'erased' });
}

export function notSucceeded(adaptation: Adaptation): InnerloopError {
  const { id, status, error } = adaptation;
  const reason = error ? ` (${error.message})` : '';
  const message = `Adaptation ${id} is ${status}${reason}: expected one that has succeeded`;
  return new InnerloopError('adaptation_not_succeeded', message, {
    expected,
    got: status,
    ...retryAfter(adaptation),
  });
}

/** Tells the caller to retry when the adaptation can still succeed. */
function retryAfter(adaptation: Adaptation | undefined): { retryAfterSeconds?: number } {
  return adaptation && !hasEnded(adaptation.status) ? { retryAfterSeconds: 1 } : {};
}
