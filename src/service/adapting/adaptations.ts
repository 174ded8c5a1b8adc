import { ADAPTATION_ID_PATTERN, type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { findTask } from '../tasks/checks.ts';
import { eventsOf, followRecord } from './follow.ts';
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

/** Check ids with this before they reach a store, which may not accept every string as a key. */
export function isAdaptationId(id: string): boolean {
  return ADAPTATION_ID.test(id);
}

export function adaptationNotFound(task: string, id: string): InnerloopError {
  return new InnerloopError('adaptation_not_found', `Task ${task} has no such adaptation`, {
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
    const record = isAdaptationId(id) ? await read({ tenant, task, id }) : null;
    if (record) return record;
    throw adaptationNotFound(task, id);
  }

  const follow = (ref: AdaptationRef, signal: AbortSignal) =>
    followRecord(queue, ref, () => read(ref), signal);

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
        throw new InnerloopError('adaptation_ended', `The adaptation has already ${record.status}`, {
          expected: 'queued or running',
          got: record.status,
        });
      }
      if (record?.endedAt === endedAt) onEnded(record);
      const ref = { tenant, task, id };
      await queue.cancel(ref);
      // It may have been submitted again in between. Then `queue.cancel` has removed the new submission.
      if ((await read(ref))?.status === 'queued') await queue.submit(ref);
      await queue.announce(ref);
      return record ?? { ...found, status: 'cancelled', endedAt };
    },

    async waitUntilEnded(accepted, signal) {
      const { tenant, task, id } = accepted;
      let record = accepted;
      for await (const latest of follow({ tenant, task, id }, signal)) {
        // Deleted in between: rejects as not found.
        if (!latest) return find(tenant, task, id);
        record = latest;
        if (hasEnded(record.status)) break;
      }
      return progress.latest(record);
    },

    async *events(tenant, task, id, after, signal) {
      await find(tenant, task, id);
      let last = after;
      for await (const record of follow({ tenant, task, id }, signal)) {
        if (!record) return;
        const events = eventsOf(record, last);
        yield* events;
        last = events.at(-1)?.id ?? last;
        if (hasEnded(record.status)) return;
      }
    },
  };
}
