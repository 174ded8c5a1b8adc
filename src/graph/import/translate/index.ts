import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { attentions } from './fused/attention.ts';
import { contrib } from './fused/contrib.ts';
import { linalg } from './linalg.ts';
import { lookups } from './lookups.ts';
import { movement } from './movement.ts';
import { normalisation } from './normalisation.ts';
import { quantisation } from './quantised.ts';
import { reduction } from './reduction.ts';
import { spectra } from './spectra.ts';
import type { Translation } from './translation.ts';

/** Every ONNX operator that is read, as values. */
export const translations: ReadonlyMap<string, Translation> = new Map(
  Object.entries({
    ...elementwise,
    ...reduction,
    ...movement,
    ...linalg,
    ...convolution,
    ...normalisation,
    ...lookups,
    ...quantisation,
    ...attentions,
    ...spectra,
    ...contrib,
  }),
);
