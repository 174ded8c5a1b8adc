import { beforeAll, describe, expect, it } from 'vitest';
import { contentDigestOf, textContent } from '../../../src/domain/content.ts';
import type { Encoder } from '../../../src/package/encoder/encoder.ts';
import { createFeatures } from '../../../src/service/inputs/features.ts';
import { tensor } from '../../../src/tensor.ts';
import { tinyEncoder } from '../../support/tiny-encoder.ts';

describe('features of stored contents', () => {
  let encoder: Encoder;
  beforeAll(async () => {
    encoder = await tinyEncoder('text');
  });
  const content = textContent('shared');
  const digest = contentDigestOf(content);
  const store = {
    contents: async () => new Map([[digest, content]]),
    features: async () => new Map(),
    putFeatures: async () => undefined,
  };
  const decoder = { prepare: async () => ({ inputs: {}, warnings: [] }) };

  it('are embedded once for two runs', async () => {
    let embedded = 0;
    const embed = async () => tensor([1], [++embedded]);
    const features = createFeatures({ store, decoder, embedder: { embed } });
    const both = [1, 2].map(() => features.ofStored('acme', encoder, [digest]));
    expect(await Promise.all(both)).toEqual([[tensor([1], [1])], [tensor([1], [1])]]);
  });

  it('reach a run when another run that embeds the same content is cancelled', async () => {
    const cancelled = new AbortController();
    const embed = async ({ signal }: { readonly signal?: AbortSignal | undefined }) => {
      if (signal)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return tensor([1], [7]);
    };
    const features = createFeatures({ store, decoder, embedder: { embed } });
    const first = features.ofStored('acme', encoder, [digest], { signal: cancelled.signal });
    const second = features.ofStored('acme', encoder, [digest]);
    setTimeout(() => cancelled.abort('cancelled'), 10);
    await expect(first).rejects.toBe('cancelled');
    expect(await second).toEqual([tensor([1], [7])]);
  });
});
