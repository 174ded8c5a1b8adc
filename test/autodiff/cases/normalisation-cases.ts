import {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  mul,
  neg,
} from '../../../src/graph/ops/index.ts';
import type { NormalisationOps } from '../../../src/graph/value.ts';
import type { Case } from './case.ts';

export const normalisationCases: Record<keyof NormalisationOps, readonly Case[]> = {
  LayerNormalization: [
    { shapes: [['N', 4], [4], [4]], build: (x, scale, bias) => layerNorm(x, scale, bias) },
    { shapes: [[2, 3, 3], [3]], build: (x, scale) => layerNorm(x, scale, undefined, { epsilon: 0.5 }) },
    {
      shapes: [['N', 2, 3], [2, 3], [3]],
      build: (x, scale, bias) => layerNorm(x, scale, bias, { axis: -2, epsilon: 0.1 }),
    },
  ],
  InstanceNormalization: [
    { shapes: [['N', 2, 4], [2], [2]], build: (x, scale, bias) => instanceNorm(x, scale, bias) },
    {
      shapes: [[2, 3, 2, 2], [3], [3]],
      build: (x, scale, bias) => instanceNorm(x, scale, bias, { epsilon: 0.5 }),
    },
    // Groups of channels are rows of one instance normalisation.
    { shapes: [['N', 4, 3], [4], [4]], build: (x, scale, bias) => groupNorm(x, scale, bias, 2) },
    { shapes: [['N', 4, 1, 2], [4], [4]], build: (x, scale, bias) => groupNorm(x, scale, bias, 1) },
  ],
  BatchNormalization: [
    {
      shapes: [['N', 2, 2, 2], [2], [2]],
      build: (x, scale, variance) =>
        batchNorm(x, scale, neg(scale), { mean: mul(scale, 0.5), variance }, { epsilon: 0.25 }),
      positive: true,
    },
    {
      shapes: [[2, 3, 4], [3], [3]],
      build: (x, scale, variance) => batchNorm(x, scale, scale, { mean: variance, variance }),
      positive: true,
    },
  ],
  LRN: [
    { shapes: [['N', 4, 2, 1]], build: (x) => localResponseNorm(x, 3, { alpha: 1, beta: 0.5 }) },
    { shapes: [[2, 3, 1, 2]], build: (x) => localResponseNorm(x, 1, { alpha: 0.5, bias: 2 }) },
    { shapes: [[1, 2, 3, 2]], build: (x) => localResponseNorm(x, 5, { alpha: 2 }) },
  ],
};
