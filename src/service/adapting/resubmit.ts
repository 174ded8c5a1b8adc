import type { Encoder } from '../../package/encoder/encoder.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Models } from '../models.ts';

interface Parts {
  readonly models: Models;
  readonly encoders?: readonly Encoder[] | undefined;
  readonly store: Pick<TaskStore, 'unfinished' | 'adaptation' | 'supportSet' | 'features'>;
  readonly queue: Pick<AdaptationQueue, 'submit'>;
  readonly clock: Clock;
}

/** For this long after the acceptance, another process may be embedding the examples. */
const EMBEDDING_MS = 20_000;

/**
 * Submits unfinished adaptations again. Young ones whose examples have no features yet are left to the process that
 * accepted them: it submits them when it has embedded the examples. If it has died, a later call submits them.
 */
export function createResubmit({ models, encoders = [], store, queue, clock }: Parts): () => Promise<void> {
  return async () => {
    for (const ref of await store.unfinished()) if (!(await mayBeEmbedded(ref))) await queue.submit(ref);
  };

  async function mayBeEmbedded({ tenant, task, id }: AdaptationRef): Promise<boolean> {
    if (encoders.length === 0) return false;
    const record = await store.adaptation(tenant, task, id);
    if (record?.status !== 'queued') return false;
    if (clock.now().getTime() - Date.parse(record.createdAt) >= EMBEDDING_MS) return false;
    const manifest = models.withDigest(record.packageDigest);
    const encoder = manifest && models.input(manifest).encoder;
    const support = encoder && (await store.supportSet(tenant, task, record.support.digest));
    if (!support) return false;
    const digests = new Set(support.examples.map(({ content }) => content));
    return (await store.features(tenant, encoder.manifest.digest, digests)).size < digests.size;
  }
}
