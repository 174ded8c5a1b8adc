import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import type { Inferences } from './inference.ts';
import { leaf } from './leaf.ts';
import { linalg } from './linalg.ts';
import { movement } from './movement.ts';
import { normalisation } from './normalisation.ts';
import { pooling } from './pooling.ts';
import { recurrence } from './recurrence.ts';
import { reduction } from './reduction.ts';

/** All inferences: the type requires one for every operator. */
export const inferences: Inferences = {
  ...leaf,
  ...elementwise,
  ...reduction,
  ...movement,
  ...linalg,
  ...convolution,
  ...pooling,
  ...normalisation,
  ...recurrence,
};
