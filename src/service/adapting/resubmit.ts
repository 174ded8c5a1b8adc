import type { Encoder } from '../../package/encoder/encoder.ts';
import type { AdaptationQueue, AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Models } from '../models.ts';
import type { Embedding } from './submit.ts';

interface Parts {
  readonly models: Models;
  readonly encoders?: readonly Encoder[] | undefined;
  readonly store: Pick<TaskStore, 'unfinished' | 'adaptation' | 'supportSet' | 'features'>;
  readonly queue: Pick<AdaptationQueue, 'submit'>;
  readonly clock: Clock;
  readonly embedding: Pick<Embedding, 'has'>;
  readonly isShared?: boolean | undefined;
}

/** For this long after the acceptance, another process may be embedding the examples. */
const EMBEDDING_MS = 20_000;

/**
 * Submits unfinished adaptations again. If this process is embedding the examples of one, it submits that one afterwards. If
 * the examples of a young one have no features yet, the process that accepted it may still embed them, so it is left to that
 * process. If that process has died, a later call submits it.
 */
export function createResubmit(parts: Parts): () => Promise<void> {
  const { models, encoders = [], store, queue, clock, embedding, isShared = true } = parts;
  return async () => {
    for (const ref of await store.unfinished())
      if (!embedding.has(ref) && !(await mayBeEmbedded(ref))) await queue.submit(ref);
  };

  /** By another process. */
  async function mayBeEmbedded({ tenant, task, id }: AdaptationRef): Promise<boolean> {
    if (!isShared || encoders.length === 0) return false;
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
