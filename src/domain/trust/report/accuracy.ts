import { type Assessment, rowOf } from '../assessment.ts';
import { intervalOfShare } from '../intervals.ts';
import { likeliest } from '../softmax.ts';
import type { LabelReport } from './report.ts';

/** An example that was left out: its row, and the numbers of its given and its predicted class. */
export interface Outcome {
  readonly row: number;
  readonly given: number;
  readonly predicted: number;
}

/** The left-out examples of a classification. */
export function outcomesOf({
  support: { outcome },
  tested,
  outOfFold,
}: Pick<Assessment, 'support' | 'tested' | 'outOfFold'>): readonly Outcome[] {
  if (outcome.kind !== 'labels') return [];
  const { labels, classes } = outcome;
  const numbers = new Map(classes.map((label, i) => [label, i]));
  return tested.map((row) => ({
    row,
    given: numbers.get(labels[row] ?? '') ?? 0,
    predicted: likeliest(rowOf(outOfFold, row)),
  }));
}

export const isRight = ({ given, predicted }: Outcome): boolean => given === predicted;

/** Most labels that one label's report names. */
const MAX_CONFUSED = 3;

export function perLabelOf(
  outcomes: readonly Outcome[],
  classes: readonly string[],
  factor: number,
): Readonly<Record<string, LabelReport>> {
  const counts = classes.map(() => new Map<number, number>());
  for (const { given, predicted } of outcomes) {
    const own = counts[given];
    own?.set(predicted, (own.get(predicted) ?? 0) + 1);
  }
  return Object.fromEntries(
    classes.map((label, i) => [label, labelReport(counts[i] ?? new Map(), i, classes, factor)]),
  );
}

function labelReport(
  counts: ReadonlyMap<number, number>,
  own: number,
  classes: readonly string[],
  factor: number,
): LabelReport {
  const n = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const recall = n === 0 ? null : (counts.get(own) ?? 0) / n;
  const others = [...counts].filter(([predicted]) => predicted !== own);
  return {
    n,
    recall,
    interval: recall === null ? null : intervalOfShare({ estimate: recall, n }, factor),
    confusedWith: others
      .sort(([a, x], [b, y]) => y - x || a - b)
      .slice(0, MAX_CONFUSED)
      .map(([predicted, count]) => ({ label: classes[predicted] ?? '', n: count })),
  };
}
