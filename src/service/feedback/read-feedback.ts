import { isStale } from '../../domain/examples/latest.ts';
import { qualityOf } from '../../domain/feedback/quality.ts';
import { suggestionsOf } from '../../domain/feedback/review.ts';
import type { TenantId } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PredictionStore } from '../../ports/stores/prediction-store.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { ServiceOptions } from '../service-options.ts';
import { findTask, taskNotFound } from '../tasks/find-task.ts';
import { findPrediction, notKept } from './find-prediction.ts';
import type { FeedbackUseCases } from './use-cases.ts';

interface Parts {
  readonly store: TaskStore;
  readonly predictions?: PredictionStore | undefined;
  readonly clock: Clock;
  readonly decoder?: ServiceOptions['decoder'] | undefined;
}

type Reading = Pick<
  FeedbackUseCases,
  'quality' | 'review' | 'keptPrediction' | 'keptContent' | 'keptThumbnail' | 'removeExpiredPredictions'
>;

/** Pixels of the longer side of a thumbnail. */
const THUMBNAIL_SIDE = 128;
/** Adaptations to which `quality` may advise to roll back. */
const EARLIER = 20;

export function createReadFeedback(parts: Parts): Reading {
  const { store, predictions, clock, decoder } = parts;
  const now = () => clock.now().toISOString();

  async function content(tenant: TenantId, task: string, id: string) {
    await findTask(store, tenant, task);
    await findPrediction(parts, tenant, task, id);
    const input = await predictions?.input(tenant, task, id, now());
    if (!input) throw notKept(id);
    return input.content;
  }

  return {
    async quality(tenant, taskId) {
      await findTask(store, tenant, taskId);
      const found = await store.current(tenant, taskId);
      if (!found) throw taskNotFound(taskId);
      const { task, adaptation } = found;
      const { data } = await store.adaptations(tenant, taskId, { limit: EARLIER });
      const earlier = data.filter(({ id, status }) => status === 'succeeded' && id !== adaptation?.id);
      return qualityOf({
        adaptation: adaptation?.id ?? null,
        report: adaptation?.report ?? null,
        isStale: isStale(task, adaptation),
        earlier: new Set(earlier.map(({ id }) => id)),
        outcomes: (await predictions?.outcomes(tenant, taskId)) ?? [],
      });
    },

    async review(tenant, taskId, limit) {
      await findTask(store, tenant, taskId);
      const found = await store.current(tenant, taskId);
      const kept = (await predictions?.list(tenant, taskId, now())) ?? [];
      return suggestionsOf(kept, found?.adaptation?.support.labels ?? {}, limit);
    },

    async keptPrediction(tenant, taskId, id) {
      await findTask(store, tenant, taskId);
      return findPrediction(parts, tenant, taskId, id);
    },

    keptContent: content,

    async keptThumbnail(tenant, taskId, id, signal) {
      const { kind, bytes } = await content(tenant, taskId, id);
      if (kind === 'image' && decoder?.thumbnail) return decoder.thumbnail(bytes, THUMBNAIL_SIDE, { signal });
      const expected = 'a prediction of a picture';
      const message = `Only pictures have thumbnails; this input is of kind ${kind}`;
      throw new InnerloopError('not_found', message, { expected, got: `kind ${kind}` });
    },

    removeExpiredPredictions: async () => predictions?.removeExpired(now()),
  };
}
