import { type Interval, intervalOfError, intervalOfShare } from '../trust/intervals.ts';
import type { Report } from '../trust/report/report.ts';
import type { Outcome } from './kept-prediction.ts';

/** How good a task answers, by its examples and by feedback. */
export interface Quality {
  /** The current adaptation; null before the first. */
  readonly adaptation: string | null;
  /** Of the report of the current adaptation: its accuracy, or the root of its mean squared error. Null if that is not known. */
  readonly estimate: Measured | null;
  /** The same over the latest feedback that names predictions; null without any. */
  readonly feedback: Measured | null;
  /** As `feedback`, of predictions of the current adaptation only. */
  readonly feedbackOnCurrent: Measured | null;
  /** `feedback` over time: one entry for each ten predictions, the oldest first. The first entry may have fewer. */
  readonly history: readonly MeasuredThen[];
  readonly advice: QualityAdvice;
}

/** Times are ISO: of the first and the last feedback. */
export interface MeasuredThen extends Measured {
  readonly from: string;
  readonly to: string;
}

export interface Measured {
  readonly measure: 'accuracy' | 'error';
  readonly estimate: number;
  /** 95 %. */
  readonly interval: Interval;
  readonly n: number;
}

export interface QualityAdvice {
  readonly action: 'retrain' | 'roll_back' | 'label_more' | 'none';
  /** For `label_more`. */
  readonly label?: string;
  /** For `roll_back`: an adaptation that did better. */
  readonly adaptation?: string;
  /** The reason in a sentence. */
  readonly says: string;
}

/** Accuracies of fewer than this many predictions or examples are not compared: a few corrections say little. */
const ENOUGH = 10;

/** Accuracy, or the root of the mean squared error, of outcomes. */
export function measuredOf(outcomes: readonly Outcome[]): Measured | null {
  const n = outcomes.length;
  if (n === 0) return null;
  const errors = outcomes.flatMap(({ error }) => (error === undefined ? [] : [error]));
  if (errors.length === n) {
    const mean = errors.reduce((sum, each) => sum + each, 0) / n;
    const [low, high] = intervalOfError({ estimate: mean, n });
    return { measure: 'error', estimate: Math.sqrt(mean), interval: [Math.sqrt(low), Math.sqrt(high)], n };
  }
  const estimate = outcomes.filter(({ predicted, label }) => predicted === label).length / n;
  return { measure: 'accuracy', estimate, interval: intervalOfShare({ estimate, n }), n };
}

interface Known {
  readonly adaptation: string | null;
  readonly report: Report | null;
  /** Whether examples wait that the current adaptation has not learnt from. */
  readonly isStale: boolean;
  /** Adaptations to which the task can roll back. */
  readonly earlier: ReadonlySet<string>;
  readonly outcomes: readonly Outcome[];
}

export function qualityOf({ adaptation, report, isStale, earlier, outcomes }: Known): Quality {
  const own = outcomes.filter((each) => each.adaptation === adaptation);
  const estimate = estimateOf(report);
  const [feedback, feedbackOnCurrent] = [measuredOf(outcomes), measuredOf(own)];
  const advice = adviceOf({
    estimate,
    feedbackOnCurrent,
    report,
    isStale,
    better: betterOf(outcomes, own, earlier),
  });
  return { adaptation, estimate, feedback, feedbackOnCurrent, history: historyOf(outcomes), advice };
}

/** Feedbacks of one part of the history. */
const PART = 10;

function historyOf(outcomes: readonly Outcome[]): readonly MeasuredThen[] {
  const parts = Math.ceil(outcomes.length / PART);
  return Array.from({ length: parts }, (_, i) => {
    const end = outcomes.length - PART * (parts - 1 - i);
    const part = outcomes.slice(Math.max(0, end - PART), end);
    const measured = measuredOf(part);
    return measured ? [{ ...measured, from: part[0]?.at ?? '', to: part.at(-1)?.at ?? '' }] : [];
  }).flat();
}

function estimateOf(report: Report | null): Measured | null {
  const found = report?.accuracy ?? report?.error;
  if (!report || !found) return null;
  const { estimate, interval, n } = found;
  return { measure: report.accuracy ? 'accuracy' : 'error', estimate, interval, n };
}

/** Whether the interval of `a` is wholly on the worse side of that of `b`. */
export function isWorse(a: Measured | null, b: Measured | null): boolean {
  if (!a || !b || a.n < ENOUGH || b.n < ENOUGH || a.measure !== b.measure) return false;
  return a.measure === 'accuracy' ? a.interval[1] < b.interval[0] : a.interval[0] > b.interval[1];
}

/** The earlier adaptation that did better than the current one, by feedback on the predictions of both. */
function betterOf(
  outcomes: readonly Outcome[],
  own: readonly Outcome[],
  earlier: ReadonlySet<string>,
): string | undefined {
  const current = measuredOf(own);
  return [...new Set(outcomes.map((each) => each.adaptation))]
    .filter((id) => earlier.has(id))
    .findLast((id) => isWorse(current, measuredOf(outcomes.filter((each) => each.adaptation === id))));
}

interface Judged extends Pick<Quality, 'estimate' | 'feedbackOnCurrent'> {
  readonly report: Report | null;
  readonly isStale: boolean;
  readonly better: string | undefined;
}

function adviceOf({ estimate, feedbackOnCurrent, report, isStale, better }: Judged): QualityAdvice {
  if (better !== undefined)
    return {
      action: 'roll_back',
      adaptation: better,
      says: 'Feedback says that an earlier adaptation was better than the current one.',
    };
  const isWorseThanExpected = isWorse(feedbackOnCurrent, estimate);
  if (isWorseThanExpected || (isStale && (feedbackOnCurrent?.n ?? 0) >= ENOUGH))
    return {
      action: 'retrain',
      says: isWorseThanExpected
        ? 'Feedback finds more errors than the report estimates: the inputs differ from the examples. Adapt to feedback, or to new examples.'
        : 'The current adaptation has not learnt from some examples yet: call readapt.',
    };
  const [next] = report?.next ?? [];
  if (next)
    return {
      action: 'label_more',
      label: next.label,
      says: `${next.examples} more examples of this label would help the most.`,
    };
  return { action: 'none', says: 'There is no reason to change anything.' };
}
