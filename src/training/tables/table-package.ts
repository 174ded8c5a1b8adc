import { Default } from 'typebox/value';
import { kernelMixture } from '../../algorithms/closed-form/kernel-mixture.ts';
import type { Network } from '../../nn/network.ts';
import { rows } from '../../nn/rows.ts';
import type { Package } from '../../package/manifest.ts';
import { assemblePackage } from '../loop/make-package.ts';

const none = { default: 0, minimum: 0, maximum: 0 };

/** Adapting to 1,000 examples takes some four seconds on two cores; the work grows with the cube of their number. */
const MAX_EXAMPLES = 1_000;

const facts = {
  classification: {
    name: 'rows',
    description: 'Labels rows of a table: numbers, categories, dates and truth values, also with gaps.',
    classes: { minimum: 2, maximum: 100 },
  },
  regression: {
    name: 'rows-values',
    description:
      'Predicts a number for rows of a table: numbers, categories, dates and truth values, also with gaps.',
  },
} as const;

/** The package for tables. It has no weights, so nothing is trained. */
export function tablePackage(task: Network['task']): Package {
  const { name, description, ...bounds } = facts[task];
  const inner = { steps: none, rate: none, ...bounds, examples: { minimum: 2, maximum: MAX_EXAMPLES } };
  return assemblePackage(
    { name, version: '1.0.0', description, preprocessing: { kind: 'row' }, inner, metrics: [] },
    kernelMixture,
    Default(kernelMixture.settings, {}),
    rows(task),
    {},
  );
}
