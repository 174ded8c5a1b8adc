import type { Encoder } from '../../src/package/encoder/encoder.ts';
import type { Package } from '../../src/package/manifest.ts';
import type { AdaptRequest } from '../../src/service/service.ts';
import type { ServiceOptions } from '../../src/service/service-options.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import { tinyEncoder } from './encoders/tiny-encoder.ts';
import { tinyPackages } from './packages.ts';

/** Packages over two features of texts. They share one encoder. */
export async function textPackages(): Promise<{
  packages: readonly Package[];
  encoders: readonly Encoder[];
}> {
  const encoder = await tinyEncoder('text');
  const { name, digest } = encoder.manifest;
  const reading = (each: Package): Package => ({
    ...each,
    manifest: {
      ...each.manifest,
      format: 2,
      input: { shape: [2], preprocessing: { kind: 'encoder', name, digest } },
    },
  });
  return {
    packages: [reading(tinyPackages.prototypes()), reading(tinyPackages.gradients())],
    encoders: [encoder],
  };
}

export interface CountingEmbedder extends Required<Pick<ServiceOptions, 'decoder' | 'embedder'>> {
  /** Texts in the order of their embedding. */
  readonly embedded: readonly string[];
}

/** The features of a text are the numbers of its letters `a` and `b`. `hold` delays each embedding. */
export function countingEmbedder(hold: () => Promise<void> = async () => undefined): CountingEmbedder {
  const embedded: string[] = [];
  const count = (text: string, letter: string) => text.split(letter).length - 1;
  return {
    embedded,
    decoder: {
      canonical: async (content) => ({ content, warnings: [] }),
      async prepare({ bytes }) {
        const text = Buffer.from(bytes).toString();
        embedded.push(text);
        const warnings = text.length > 8 ? [{ code: 'text_cut', pointer: '', detail: 'Cut' }] : [];
        return { inputs: { counts: tensor([2], [count(text, 'a'), count(text, 'b')]) }, warnings };
      },
    },
    embedder: {
      async embed({ inputs }) {
        await hold();
        return inputs.counts as Tensor;
      },
    },
  };
}

/** Texts of many `a` are `A`, texts of many `b` are `B`. */
export const texts: AdaptRequest = {
  model: 'tiny-prototypes',
  support: [
    ['A', 'aa'],
    ['A', 'aaab'],
    ['B', 'bb'],
    ['B', 'bbba'],
  ].map(([label = '', text = '']) => ({ label, input: { kind: 'text', text } })),
};
