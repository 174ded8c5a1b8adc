import { ADAPTATION_ID_PATTERN, type Adaptation, hasEnded } from '../../domain/adaptation.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Service } from '../service.ts';
import type { ServiceOptions } from '../service-options.ts';
import { findTask } from '../tasks/find-task.ts';
import type { Reports } from '../trust/reports.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { eventsOf, followRecord } from './follow.ts';
import type { Progress } from './progress.ts';

interface Parts {
  readonly store: TaskStore;
  readonly queue: AdaptationQueue;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly reports: Pick<Reports, 'whenRead' | 'isDue' | 'mayCome'>;
  readonly webhooks: Pick<Webhooks, 'publishEnd'>;
  onEnded: ServiceOptions['onEnded'];
}

type AdaptationUseCases = Pick<
  Service,
  'adaptation' | 'adaptations' | 'cancel' | 'waitUntilEnded' | 'hasEvents' | 'events'
>;

/** The process that computes a report may die. */
const LOOK_FOR_REPORT_MS = 1000;

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

export function createAdaptations({
  store,
  queue,
  progress,
  clock,
  reports,
  webhooks,
  onEnded,
}: Parts): AdaptationUseCases {
  async function read({ tenant, task, id }: AdaptationRef): Promise<Adaptation | null> {
    const record = await store.adaptation(tenant, task, id);
    return record && progress.latest(record);
  }

  async function find(tenant: TenantId, task: string, id: string): Promise<Adaptation> {
    await findTask(store, tenant, task);
    const record = isAdaptationId(id) ? await read({ tenant, task, id }) : null;
    if (record) {
      reports.whenRead(record);
      return record;
    }
    throw adaptationNotFound(task, id);
  }

  const follow = (ref: AdaptationRef, signal: AbortSignal, everyMs?: number) =>
    followRecord(queue, ref, () => read(ref), signal, everyMs);

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
      const cancelled = (each: Adaptation): Adaptation => ({
        ...each,
        losses: progress.latest(each).losses,
        status: 'cancelled',
        endedAt,
      });
      const cancel = () => store.update(tenant, task, id, cancelled);
      const record = await (hasEnded(found.status)
        ? cancel()
        : webhooks.publishEnd(cancelled(found), cancel));
      if (record && record.status !== 'cancelled') {
        throw new InnerloopError(
          'adaptation_ended',
          `The adaptation has already ended: it is ${record.status}`,
          {
            expected: 'queued or running',
            got: record.status,
          },
        );
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

    async hasEvents(tenant, task, id, after) {
      const record = await find(tenant, task, id);
      return !hasEnded(record.status) || eventsOf(record, after).length > 0 || reports.isDue(record);
    },

    async *events(tenant, task, id, after, signal) {
      const ref = { tenant, task, id };
      const found = await find(tenant, task, id);
      let last = after;
      const news = (record: Adaptation) => {
        const events = eventsOf(record, last);
        last = events.at(-1)?.id ?? last;
        return events;
      };
      if (!hasEnded(found.status))
        for await (const record of follow(ref, signal)) {
          if (!record) return;
          yield* news(record);
          if (hasEnded(record.status)) break;
        }
      if (signal.aborted) return;
      for await (const record of follow(ref, signal, LOOK_FOR_REPORT_MS)) {
        if (!record) return;
        yield* news(record);
        if (!reports.mayCome(record)) return;
        reports.whenRead(record);
      }
    },
  };
}
