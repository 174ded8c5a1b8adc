import { type Assessment, rowOf } from '../assessment.ts';
import { intervalOfError } from '../intervals.ts';
import { meanOf, rootMeanSquare } from './baselines.ts';
import { median } from './duplicates.ts';
import type { RegressionError, Suspect } from './report.ts';

/** Null if nothing was left out. */
export function regressionError(
  assessment: Assessment,
  method: string,
  factor: number,
): Omit<RegressionError, 'says'> | null {
  const { support, tested } = assessment;
  const n = tested.length;
  if (support.outcome.kind !== 'targets' || n === 0) return null;
  const { targets } = support.outcome;
  const estimate = rootMeanSquare(tested.flatMap((row) => deviations(assessment, row)));
  const [low, high] = intervalOfError({ estimate: estimate ** 2, n }, factor);
  const mean = meanOf(tested.map((row) => rowOf(targets, row)));
  const spread = rootMeanSquare(
    tested.flatMap((row) => [...rowOf(targets, row)].map((each, i) => each - (mean[i] ?? 0))),
  );
  const r2 = spread > 0 ? 1 - (estimate / spread) ** 2 : null;
  return { estimate, interval: [Math.sqrt(low), Math.sqrt(high)], r2, method, n };
}

/** Robust deviations from zero beyond which a target is suspect. */
const FAR = 3.5;
const MIN_TESTED = 8;

/**
 * Examples whose target is far from what the others predict, in robust deviations z (the median of absolute deviations). The score
 * is exp(−z² / 2).
 * @see Iglewicz & Hoaglin, How to Detect and Handle Outliers, 1993 (|z| > 3.5)
 */
export function targetIssues(assessment: Assessment): readonly Suspect[] {
  const { support, tested } = assessment;
  if (support.outcome.kind !== 'targets' || tested.length < MIN_TESTED) return [];
  const sizes = tested.map((row) => rootMeanSquare(deviations(assessment, row)));
  const scale = 1.4826 * median(sizes);
  return tested.flatMap((row, i) => {
    const z = (sizes[i] ?? 0) / scale;
    const example = support.examples[row];
    if (!(z > FAR) || !example) return [];
    return [{ issue: 'label', example: example.id, position: row, score: Math.exp((-z * z) / 2) }];
  });
}

/** Target − prediction of a left-out row. */
function deviations({ support: { outcome }, outOfFold }: Assessment, row: number): readonly number[] {
  if (outcome.kind !== 'targets') return [];
  const predicted = rowOf(outOfFold, row);
  return [...rowOf(outcome.targets, row)].map((each, i) => each - (predicted[i] ?? 0));
}
