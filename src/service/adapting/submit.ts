import type { Adaptation } from '../../domain/adaptation.ts';
import type { SupportSet } from '../../domain/support-set.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Tracer } from '../../ports/telemetry.ts';
import type { Features } from '../inputs/features.ts';
import type { Models } from '../models.ts';
import type { ServiceOptions } from '../service-options.ts';
import { embedSupport } from '../support/embed-support.ts';
import { withSpan } from './telemetry.ts';

interface Parts {
  readonly models: Models;
  readonly store: Pick<TaskStore, 'update'>;
  readonly features: Features;
  readonly queue: AdaptationQueue;
  readonly tracer: Tracer;
  onError: ServiceOptions['onError'];
}

/** Embeds and submits an accepted adaptation. `sent` are digests of the contents that the request sent. */
export type Submit = (
  adaptation: Adaptation,
  support: SupportSet,
  sent: readonly string[],
) => Promise<Adaptation>;

/** The adaptations whose examples this process embeds now, before it submits them. */
export interface Embedding {
  has(adaptation: AdaptationRef): boolean;
  /** Resolves when those of this moment are submitted. */
  ended(): Promise<void>;
}

/**
 * Also submits an earlier adaptation that is still queued, because its process may have died before submitting it. When the
 * submission fails, a worker process finds the unfinished record and submits it.
 */
export function createSubmit({ models, store, features, queue, tracer, onError }: Parts): {
  readonly submit: Submit;
  readonly embedding: Embedding;
} {
  const running = new Map<string, Promise<void>>();
  const keyOf = ({ tenant, id }: Pick<AdaptationRef, 'tenant' | 'id'>) => JSON.stringify([tenant, id]);
  const embedding: Embedding = {
    has: (adaptation) => running.has(keyOf(adaptation)),
    ended: async () => void (await Promise.all(running.values())),
  };

  const submitAccepted: Submit = async (adaptation, support, sent) => {
    if (adaptation.status !== 'queued') return adaptation;
    const { tenant, task, id, packageDigest, origin } = adaptation;
    const parent = origin?.traceparent;
    const report = (error: unknown) => onError(error, adaptation);
    const submit = () =>
      withSpan(tracer, 'submit', { parent }, () => queue.submit({ tenant, task, id })).catch(report);
    const manifest = models.withDigest(packageDigest);
    const encoder = manifest && models.input(manifest).encoder;
    if (!encoder) await submit();
    // The caller does not wait for this. When it fails, the run embeds what is left, and fails with the reason.
    else {
      const key = keyOf(adaptation);
      const ended = withSpan(tracer, 'embed', { parent }, () =>
        embedSupport({ store, features }, adaptation, support, encoder, sent),
      )
        .catch(report)
        .then(submit)
        .finally(() => running.get(key) === ended && running.delete(key));
      running.set(key, ended);
    }
    return adaptation;
  };
  return { submit: submitAccepted, embedding };
}
