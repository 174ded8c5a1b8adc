import type { Tensor } from '../../tensor.ts';
import { type Assessment, rowOf } from './assessment.ts';
import { softmax } from './softmax.ts';

/** An example that all others contradict keeps a small weight, because the others may be wrong. */
const LEAST_WEIGHT = 0.02;

/**
 * `support_y` [N, ways] in which examples that the others contradict count for less: each row is multiplied by twice the
 * probability that adaptations without the example give to its label, at most 1. Rows that could not be left out stay as they
 * are.
 *
 * In a hard class, correct examples are suspected, too. Then weights lose less accuracy than leaving the suspects out.
 * `npm run bench:trust` prints what it loses with wrong labels.
 * @see Jiang et al., MentorNet, ICML 2018, https://arxiv.org/abs/1712.05055 (weights by loss); Northcutt, Jiang & Chuang, JAIR
 * 70, 2021
 */
export function robustOutcome(y: Tensor, { support, tested, outOfFold }: Assessment): Tensor {
  const { outcome } = support;
  if (outcome.kind !== 'labels') return y;
  const ways = outcome.classes.length;
  const data = Float32Array.from(y.data);
  for (const row of tested) {
    const given = outcome.classes.indexOf(outcome.labels[row] ?? '');
    const probability = softmax(rowOf(outOfFold, row))[given] ?? 0;
    const weight = Math.max(LEAST_WEIGHT, Math.min(1, 2 * probability));
    const own = data.subarray(row * ways, (row + 1) * ways);
    for (let i = 0; i < ways; i++) own[i] = (own[i] as number) * weight;
  }
  return { shape: y.shape, data };
}
