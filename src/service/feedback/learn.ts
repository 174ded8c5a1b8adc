import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Models } from '../models.ts';
import { pinnedPackage } from '../packages/pinned.ts';
import type { Readapt } from '../packages/readapt.ts';
import type { ReadaptRequest } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';

/** Adapts tasks to their feedback. The task says that feedback waits, so any process can do it after a crash. */
export interface Learning {
  /**
   * Adapts to all feedback of the task, once for concurrent callers. Null while an adaptation of the task waits or runs: its end
   * begins the next one. The latest adaptation if that has learnt already.
   */
  learn(tenant: TenantId, task: string, origin?: ReadaptRequest['origin']): Promise<Adaptation | null>;
  /** Call this when an adaptation has ended. Begins the next one in the background, if that is due. */
  afterRun(ended: Adaptation): void;
  /** Adapts all tasks whose feedback is due. */
  resume(): Promise<void>;
  /** Resolves when nothing runs in the background, and begins nothing more. */
  stop(): Promise<void>;
}

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly readapt: Readapt;
  onError: ServiceOptions['onError'];
}

/** Whether a task cannot be adapted now. It is tried again, and the error is not reported. */
const isTemporary = (error: unknown) =>
  isUnavailable(error) || (error instanceof InnerloopError && error.code === 'too_many_queued');

export function createLearning({ models, store, clock, readapt, onError }: Parts): Learning {
  const mutex = createKeyedMutex();
  const running = new Set<Promise<void>>();
  /** The feedback that waited when a task could not be adapted. The task is tried again only after more feedback. */
  const failed = new Map<string, number>();
  let isStopped = false;

  const learn: Learning['learn'] = (tenant, taskId, origin) =>
    mutex(JSON.stringify([tenant, taskId]), async () => {
      const present = await store.current(tenant, taskId);
      if (!present) return null;
      const { data } = await store.adaptations(tenant, taskId, { limit: 1 });
      const latest = data[0] ?? null;
      if (!present.task.feedbackDue) return latest;
      if (latest && !hasEnded(latest.status)) return null;
      const request = { ...(origin && { origin }) };
      return readapt(tenant, taskId, request, { pinned: pinnedPackage(models, present) });
    });

  async function learnIfDue(tenant: TenantId, taskId: string): Promise<void> {
    const key = JSON.stringify([tenant, taskId]);
    const due = (await store.task(tenant, taskId))?.feedbackDue;
    if (isStopped || !due || due.at > clock.now().toISOString() || failed.get(key) === due.count) return;
    try {
      await learn(tenant, taskId);
      failed.delete(key);
    } catch (error) {
      if (isTemporary(error)) return;
      failed.set(key, due.count);
      onError(error);
    }
  }

  return {
    learn,

    afterRun({ tenant, task }) {
      if (isStopped) return;
      const work = learnIfDue(tenant, task)
        .catch((error: unknown) => {
          // If the store is unavailable, a later search finds the task.
          if (!isUnavailable(error)) onError(error);
        })
        .finally(() => running.delete(work));
      running.add(work);
    },

    async resume() {
      for (const { tenant, task } of await store.feedbackDue(clock.now().toISOString()))
        await learnIfDue(tenant, task);
    },

    async stop() {
      isStopped = true;
      await Promise.all(running);
    },
  };
}
