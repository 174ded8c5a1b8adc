import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import type { Content } from '../../domain/content.ts';
import type { TenantId } from '../../domain/task.ts';
import type { Warning } from '../../domain/warning.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ContentDecoder, DecodeLimits } from '../../ports/content-decoder.ts';
import type { Embedder, EmbedRun } from '../../ports/embedder.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { Tensor } from '../../tensor.ts';

/** What an encoder makes of a content. */
export interface Embedded {
  /** [d] */
  readonly features: Tensor;
  readonly warnings: readonly Warning[];
}

/** Features of contents. */
export interface Features {
  /** Computes features, and stores nothing. @throws InnerloopError for a content that cannot be read */
  embed(content: Content, encoder: Encoder, limits: EmbedLimits): Promise<Embedded>;
  /**
   * Features of stored contents, in the order of `digests`: the stored ones; the others are computed and stored. So each
   * content is embedded once, unless a process dies in between. Null when a content is not stored (any more).
   */
  ofStored(
    tenant: TenantId,
    encoder: Encoder,
    digests: readonly string[],
    options?: EmbedStored,
  ): Promise<readonly Tensor[] | null>;
}

/** `owner` is the tenant. Tenants take turns. */
export type EmbedLimits = DecodeLimits & Pick<EmbedRun, 'owner'>;

export interface EmbedStored {
  readonly signal?: AbortSignal | undefined;
  /** Receives the warnings about a content that is embedded now. */
  readonly onWarnings?: (digest: string, warnings: readonly Warning[]) => void;
}

interface Parts {
  readonly store: Pick<TaskStore, 'contents' | 'features' | 'putFeatures'>;
  readonly decoder: Pick<ContentDecoder, 'prepare'>;
  readonly embedder: Pick<Embedder, 'embed'>;
}

/** Contents of one support set in memory at a time. */
const CHUNK = 16;

export function createFeatures({ store, decoder, embedder }: Parts): Features {
  /** Embeddings in progress in this process, by tenant, encoder and content. */
  const running = new Map<string, Promise<Embedded>>();

  async function embed(content: Content, encoder: Encoder, limits: EmbedLimits): Promise<Embedded> {
    const { manifest } = encoder;
    const { inputs, warnings } = await decoder.prepare(content, encoder, limits);
    const { owner, urgency = 'support', signal } = limits;
    const features = await embedder.embed({ encoder: manifest.digest, inputs, owner, urgency, signal });
    return { features, warnings };
  }

  async function embedOnce(
    key: string,
    work: () => Promise<Embedded>,
    signal: AbortSignal | undefined,
  ): Promise<Embedded> {
    for (let other = running.get(key); other; other = running.get(key)) {
      try {
        return await other;
      } catch {
        // The run that started it may have been cancelled. This one has not: it embeds the content itself.
        signal?.throwIfAborted();
      }
    }
    const made = work().finally(() => running.delete(key));
    running.set(key, made);
    return made;
  }

  /**
   * Stores features, and answers what is stored: another process may have stored others first, computed in another batch.
   * All runs must read the same bits. A store that fails for a while does not cost another embedding.
   */
  function keep(
    tenant: TenantId,
    encoder: string,
    made: ReadonlyMap<string, Tensor>,
    signal = new AbortController().signal,
  ): Promise<ReadonlyMap<string, Tensor>> {
    return retryWhileUnavailable(async () => {
      await store.putFeatures(tenant, encoder, made);
      return store.features(tenant, encoder, made.keys());
    }, signal);
  }

  return {
    embed,

    async ofStored(tenant, encoder, digests, { signal, onWarnings } = {}) {
      const { digest: encoderDigest } = encoder.manifest;
      const known = new Map(await store.features(tenant, encoderDigest, digests));
      const missing = [...new Set(digests)].filter((digest) => !known.has(digest));
      for (let from = 0; from < missing.length; from += CHUNK) {
        signal?.throwIfAborted();
        const some = missing.slice(from, from + CHUNK);
        const contents = await store.contents(tenant, some);
        if (contents.size < some.length) return null;
        const made = await Promise.all(
          [...contents].map(async ([digest, content]) => {
            const key = JSON.stringify([tenant, encoderDigest, digest]);
            const work = () => embed(content, encoder, { owner: tenant, signal });
            const { features, warnings } = await embedOnce(key, work, signal);
            if (warnings.length > 0) onWarnings?.(digest, warnings);
            return [digest, features] as const;
          }),
        );
        const stored = await keep(tenant, encoderDigest, new Map(made), signal);
        if (stored.size < some.length) return null;
        for (const [digest, features] of stored) known.set(digest, features);
      }
      return digests.flatMap((digest) => known.get(digest) ?? []);
    },
  };
}
