import type { Algorithm } from './algorithm.ts';
import { cosine } from './closed-form/cosine.ts';
import { headMixture } from './closed-form/head-mixture.ts';
import { kernelMixture } from './closed-form/kernel-mixture.ts';
import { ridge } from './closed-form/ridge.ts';
import { mann } from './memory/mann.ts';
import { matching } from './metric/matching.ts';
import { protonets } from './metric/protonets.ts';
import { anil } from './optimisation/anil.ts';
import { fineTuning } from './optimisation/fine-tuning.ts';
import { maml } from './optimisation/maml.ts';
import { metaLstm } from './optimisation/meta-lstm.ts';
import { metaSgd } from './optimisation/meta-sgd.ts';
import { reptile } from './optimisation/reptile.ts';

/** Every algorithm by name. Recipes, the command line and the common test suite read this table. */
export const algorithms = {
  maml,
  reptile,
  'fine-tuning': fineTuning,
  'meta-sgd': metaSgd,
  anil,
  protonets,
  matching,
  'meta-lstm': metaLstm,
  mann,
  cosine,
  ridge,
  'kernel-mixture': kernelMixture,
  'head-mixture': headMixture,
} as const satisfies Readonly<Record<string, Algorithm>>;

export type AlgorithmName = keyof typeof algorithms;
