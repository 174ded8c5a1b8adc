import { beforeAll, describe, expect, it } from 'vitest';
import { contentDigestOf, textContent } from '../../../src/domain/content.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import { createFeatures } from '../../../src/service/inputs/features.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { deferred } from '../../support/deferred.ts';
import { tinyEncoder } from '../../support/encoders/tiny-encoder.ts';

describe('features of stored contents', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    encoder = await tinyEncoder('text');
  });
  const content = textContent('shared');
  const digest = contentDigestOf(content);
  /** Holds one content. The first features stay, and the first calls that store features fail. */
  function storeOf({ faults = 0, before = new Map<string, Tensor>() } = {}) {
    const kept = new Map<string, Tensor>();
    let calls = 0;
    return {
      kept,
      contents: async (_tenant: string, wanted: Iterable<string>) =>
        new Map([...wanted].map((each) => [each, content] as const)),
      features: async () => new Map(kept),
      async putFeatures(_tenant: string, _encoder: string, given: ReadonlyMap<string, Tensor>) {
        calls += 1;
        if (calls <= faults) throw new InnerloopError('unavailable', 'A fault');
        for (const [key, features] of [...before, ...given]) if (!kept.has(key)) kept.set(key, features);
      },
    };
  }
  const decoder = { prepare: async () => ({ inputs: {}, warnings: [] }) };

  it('are embedded once for two runs', async () => {
    let embedded = 0;
    const embed = async () => tensor([1], [++embedded]);
    const features = createFeatures({ store: storeOf(), decoder, embedder: { embed } });
    const both = [1, 2].map(() => features.ofStored('acme', encoder, [digest]));
    expect(await Promise.all(both)).toEqual([[tensor([1], [1])], [tensor([1], [1])]]);
  });

  it('are embedded once, even if a run that has read that there are none goes on after another has stored them', async () => {
    let embedded = 0;
    const embed = async () => tensor([1], [++embedded]);
    const store = storeOf();
    const slow = deferred();
    const features = createFeatures({
      store: {
        ...store,
        async features() {
          const found = await store.features();
          if (embedded === 0) await slow.promise;
          return found;
        },
      },
      decoder,
      embedder: { embed },
    });
    const first = features.ofStored('acme', encoder, [digest]);
    const fast = createFeatures({ store, decoder, embedder: { embed } });
    expect(await fast.ofStored('acme', encoder, [digest])).toEqual([tensor([1], [1])]);
    slow.resolve();
    expect(await first).toEqual([tensor([1], [1])]);
    expect(embedded).toBe(1);
  });

  it('reach a run when another run that embeds the same content is cancelled', async () => {
    const cancelled = new AbortController();
    const embed = async ({ signal }: { readonly signal?: AbortSignal | undefined }) => {
      if (signal)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return tensor([1], [7]);
    };
    const features = createFeatures({ store: storeOf(), decoder, embedder: { embed } });
    const first = features.ofStored('acme', encoder, [digest], { signal: cancelled.signal });
    const second = features.ofStored('acme', encoder, [digest]);
    setTimeout(() => cancelled.abort('cancelled'), 10);
    await expect(first).rejects.toBe('cancelled');
    expect(await second).toEqual([tensor([1], [7])]);
  });

  it('are those that another process has stored first, in another batch', async () => {
    const before = new Map([[digest, tensor([1], [0.1])]]);
    const embed = async () => tensor([1], [0.1000001]);
    const features = createFeatures({ store: storeOf({ before }), decoder, embedder: { embed } });
    expect(await features.ofStored('acme', encoder, [digest, digest])).toEqual([
      tensor([1], [0.1]),
      tensor([1], [0.1]),
    ]);
  });

  it('are embedded once, even if they cannot be stored for a while', async () => {
    let embedded = 0;
    const embed = async () => tensor([1], [++embedded]);
    const store = storeOf({ faults: 2 });
    const features = createFeatures({ store, decoder, embedder: { embed } });
    expect(await features.ofStored('acme', encoder, [digest])).toEqual([tensor([1], [1])]);
    expect([...store.kept.values()]).toEqual([tensor([1], [1])]);
  });

  it('are none when the content is deleted while it is embedded', async () => {
    const store = { ...storeOf(), putFeatures: async () => undefined };
    const embed = async () => tensor([1], [1]);
    const features = createFeatures({ store, decoder, embedder: { embed } });
    expect(await features.ofStored('acme', encoder, [digest])).toBeNull();
  });
});
