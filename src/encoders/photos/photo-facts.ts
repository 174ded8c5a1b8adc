import type { Draft } from '../builder.ts';

/** What encoders on MobileNetV2 have in common: pictures whose centre is cut out, with values −1…1. */
export function photoFacts(side: number, features: number) {
  return {
    version: '1.0.0',
    license: 'Apache-2.0',
    preparation: {
      kind: 'image',
      size: side,
      fit: 'cover',
      mean: [0.5, 0.5, 0.5],
      deviation: [0.5, 0.5, 0.5],
    },
    inputs: [{ name: 'image', shape: [3, side, side] }],
    features,
    batch: 8,
  } satisfies Partial<Draft['facts']>;
}
