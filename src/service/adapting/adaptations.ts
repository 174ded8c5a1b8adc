import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import { ADAPTATION_ID_PATTERN, type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { findTask } from '../tasks/tasks.ts';
import { eventsOf } from './adaptation-events.ts';
import { followChanges } from './follow-changes.ts';
import type { Progress } from './progress.ts';

interface Parts {
  readonly store: TaskStore;
  readonly queue: AdaptationQueue;
  readonly progress: Progress;
  readonly clock: Clock;
  onEnded: ServiceOptions['onEnded'];
}

type AdaptationUseCases = Pick<
  Service,
  'adaptation' | 'adaptations' | 'cancel' | 'waitUntilEnded' | 'events'
>;

const ADAPTATION_ID = new RegExp(ADAPTATION_ID_PATTERN);

export function adaptationNotFound(task: string, id: string, that = ''): InnerloopError {
  return new InnerloopError('adaptation_not_found', `Task ${task} has no such adaptation${that}`, {
    got: id.slice(0, 64),
  });
}

export function createAdaptations({ store, queue, progress, clock, onEnded }: Parts): AdaptationUseCases {
  async function read({ tenant, task, id }: AdaptationRef): Promise<Adaptation | null> {
    const record = await store.adaptation(tenant, task, id);
    return record && progress.latest(record);
  }

  async function find(tenant: TenantId, task: string, id: string): Promise<Adaptation> {
    await findTask(store, tenant, task);
    const record = ADAPTATION_ID.test(id) ? await read({ tenant, task, id }) : null;
    if (record) return record;
    throw adaptationNotFound(task, id);
  }

  /**
   * The record at first and after changes, null when it is gone, until `signal` aborts. A store that is away for a while
   * has no news: whoever follows knows already that the adaptation was accepted.
   */
  async function* versions(ref: AdaptationRef, signal: AbortSignal) {
    for await (const _ of followChanges(queue, ref, signal)) {
      const found = await retryWhileUnavailable(() => read(ref), signal).catch((error: unknown) => {
        if (signal.aborted) return 'aborted' as const;
        throw error;
      });
      if (found !== 'aborted') yield found;
    }
  }

  return {
    adaptation: find,

    async adaptations(tenant, task, page) {
      await findTask(store, tenant, task);
      const { data, nextCursor } = await store.adaptations(tenant, task, page);
      return { data: data.map(progress.latest), nextCursor };
    },

    async cancel(tenant, task, id) {
      const found = await find(tenant, task, id);
      const endedAt = clock.now().toISOString();
      const record = await store.update(tenant, task, id, (each) => ({
        ...each,
        losses: progress.latest(each).losses,
        status: 'cancelled',
        endedAt,
      }));
      if (record && record.status !== 'cancelled') {
        throw new InnerloopError('adaptation_ended', `The adaptation has ${record.status} already`, {
          expected: 'queued or running',
          got: record.status,
        });
      }
      if (record?.endedAt === endedAt) onEnded(record);
      const ref = { tenant, task, id };
      await queue.cancel(ref);
      // Queued anew since it was cancelled: what the queue has forgotten was perhaps the new one.
      if ((await read(ref))?.status === 'queued') await queue.submit(ref);
      await queue.announce(ref);
      return record ?? { ...found, status: 'cancelled', endedAt };
    },

    async waitUntilEnded(accepted, signal) {
      const { tenant, task, id } = accepted;
      let record = accepted;
      for await (const latest of versions({ tenant, task, id }, signal)) {
        // Deleted while we waited.
        if (!latest) return find(tenant, task, id);
        record = latest;
        if (hasEnded(record.status)) break;
      }
      return record;
    },

    async *events(tenant, task, id, after, signal) {
      await find(tenant, task, id);
      let told = after;
      for await (const record of versions({ tenant, task, id }, signal)) {
        if (!record) return;
        const news = eventsOf(record, told);
        yield* news;
        told = news.at(-1)?.id ?? told;
        if (hasEnded(record.status)) return;
      }
    },
  };
}
