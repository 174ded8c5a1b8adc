import { retryWhileUnavailable } from '../../concurrency/retry-while-unavailable.ts';
import type { Content } from '../../domain/content.ts';
import type { TenantId } from '../../domain/task.ts';
import type { Warning } from '../../domain/warning.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import type { ContentDecoder, DecodeLimits } from '../../ports/content-decoder.ts';
import type { Embedder, EmbedRun } from '../../ports/embedder.ts';
import type { TaskStore } from '../../ports/stores/task-store.ts';
import type { Tensor } from '../../tensor.ts';

/** The features of a content by an encoder. */
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
   * Features of stored contents, in the order of `digests`. Those that are stored are read, the others are computed and stored.
   * If two calls need the same content, this process embeds it once. Null when a content is not stored (any more).
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
  /** Contents that this process embeds and stores now, by tenant, encoder and content. Each promise is that of a chunk. */
  const running = new Map<string, Promise<ReadonlyMap<string, Embedded>>>();

  async function embed(content: Content, encoder: Encoder, limits: EmbedLimits): Promise<Embedded> {
    const { manifest } = encoder;
    const { inputs, warnings } = await decoder.prepare(content, encoder, limits);
    const { owner, urgency = 'support', signal } = limits;
    const features = await embedder.embed({ encoder: manifest.digest, inputs, owner, urgency, signal });
    return { features, warnings };
  }

  /** Embeds and stores a chunk. The answer lacks contents that are not stored (any more). */
  async function embedChunk({ tenant, encoder, signal }: Run, digests: readonly string[]) {
    const { digest: encoderDigest } = encoder.manifest;
    // Another run may have stored some since the caller looked.
    const stored = await store.features(tenant, encoderDigest, digests);
    const missing = digests.filter((digest) => !stored.has(digest));
    const made = new Map<string, Embedded>();
    const embedding = [...(await store.contents(tenant, missing))].map(async ([digest, content]) => {
      made.set(digest, await embed(content, encoder, { owner: tenant, signal }));
    });
    await Promise.all(embedding);
    // Another process may have stored others first, computed in another batch: all runs must read the same bits. A store
    // that fails for a while does not cost another embedding.
    const kept = await retryWhileUnavailable(async () => {
      await store.putFeatures(tenant, encoderDigest, featuresOf(made));
      return store.features(tenant, encoderDigest, made.keys());
    }, signal ?? never);
    return new Map(
      [...stored, ...kept].map(([digest, features]): [string, Embedded] => [
        digest,
        { features, warnings: made.get(digest)?.warnings ?? [] },
      ]),
    );
  }

  /** The same, but waits for the contents that another run embeds. */
  async function embedOnce(run: Run, digests: readonly string[]): Promise<ReadonlyMap<string, Embedded>> {
    const keyOf = (digest: string) => JSON.stringify([run.tenant, run.encoder.manifest.digest, digest]);
    const found = new Map<string, Embedded>();
    for (let left = digests; left.length > 0; ) {
      const own = left.filter((digest) => !running.has(keyOf(digest)));
      const others = left.flatMap((digest) => running.get(keyOf(digest)) ?? []);
      if (own.length > 0) {
        const chunk = embedChunk(run, own).finally(() => {
          for (const digest of own) running.delete(keyOf(digest));
        });
        for (const digest of own) running.set(keyOf(digest), chunk);
        for (const [digest, embedded] of await chunk) found.set(digest, embedded);
      }
      for (const other of await Promise.allSettled(others))
        if (other.status === 'fulfilled')
          for (const [digest, embedded] of other.value) found.set(digest, embedded);
      // Another run may have been cancelled. This one has not: it embeds what is left itself.
      run.signal?.throwIfAborted();
      left = left.filter((digest) => !own.includes(digest) && !found.has(digest));
    }
    return found;
  }

  return {
    embed,

    async ofStored(tenant, encoder, digests, { signal, onWarnings } = {}) {
      const known = new Map(await store.features(tenant, encoder.manifest.digest, digests));
      const missing = [...new Set(digests)].filter((digest) => !known.has(digest));
      for (let from = 0; from < missing.length; from += CHUNK) {
        signal?.throwIfAborted();
        const some = missing.slice(from, from + CHUNK);
        const embedded = await embedOnce({ tenant, encoder, signal }, some);
        for (const digest of some) {
          const each = embedded.get(digest);
          if (!each) return null;
          known.set(digest, each.features);
          if (each.warnings.length > 0) onWarnings?.(digest, each.warnings);
        }
      }
      return digests.flatMap((digest) => known.get(digest) ?? []);
    },
  };
}

/** The contents that a run embeds, and their owner. */
interface Run {
  readonly tenant: TenantId;
  readonly encoder: Encoder;
  readonly signal: AbortSignal | undefined;
}

const never = new AbortController().signal;

function featuresOf(embedded: ReadonlyMap<string, Embedded>): ReadonlyMap<string, Tensor> {
  return new Map([...embedded].map(([digest, { features }]) => [digest, features]));
}
