import type { Assessment } from '../assessment.ts';
import { intervalOfShare } from '../intervals.ts';
import { isRight, outcomesOf } from './accuracy.ts';
import { fitLearningCurve } from './learning-curve.ts';
import type { Accuracy } from './report.ts';

/**
 * Null if nothing was left out. The estimate is the share of left-out examples that were right. Its interval is about the
 * adaptation to all examples: a learning curve says which part of the errors remains with all of them. `factor` makes the
 * interval wider, because folds share examples and their results depend on each other.
 */
export function estimateOf(assessment: Assessment, factor: number): Omit<Accuracy, 'says' | 'method'> | null {
  const outcomes = outcomesOf(assessment);
  const n = outcomes.length;
  if (n === 0) return null;
  const estimate = outcomes.filter(isRight).length / n;
  const share = shareWithAll(assessment, estimate);
  return { estimate, interval: intervalOfShare({ estimate: share, n }, factor), n };
}

/**
 * The share that would be right after learning from all examples. `estimate` is the share after learning from those of a
 * fold. Without a curve, both are equal.
 */
export function shareWithAll(assessment: Assessment, estimate: number): number {
  const { curve } = assessment;
  if (curve.length === 0) return estimate;
  return 1 - (1 - estimate) * learntShare(assessment) ** fitLearningCurve(curve).exponent;
}

/** The share of the examples that a fold learns from; 1 without folds. */
export function learntShare({
  splits,
  support: { examples },
}: Pick<Assessment, 'splits' | 'support'>): number {
  const learnt = splits.reduce((sum, { train }) => sum + train.length, 0);
  return splits.length === 0 ? 1 : learnt / (splits.length * examples.length);
}
