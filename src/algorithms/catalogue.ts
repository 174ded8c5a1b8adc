import type { Algorithm } from './algorithm.ts';
import { anil } from './anil.ts';
import { cosine } from './closed-form/cosine.ts';
import { headMixture } from './closed-form/head-mixture.ts';
import { kernelMixture } from './closed-form/kernel-mixture.ts';
import { ridge } from './closed-form/ridge.ts';
import { fineTuning } from './fine-tuning.ts';
import { maml } from './maml.ts';
import { mann } from './mann.ts';
import { matching } from './matching.ts';
import { metaLstm } from './meta-lstm.ts';
import { metaSgd } from './meta-sgd.ts';
import { protonets } from './protonets.ts';
import { reptile } from './reptile.ts';

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
