import type { Confidence } from '../confidence.ts';
import type { Interval } from '../intervals.ts';

/**
 * The quality of an adaptation, estimated from its examples: each part is computed from predictions of left-out examples.
 * Shares are in 0…1. Stored with the record, so it is plain data and bounded in size.
 */
export interface Report {
  /** For classification; null if no label has two examples. */
  readonly accuracy: Accuracy | null;
  /** For regression; null with fewer than three examples. */
  readonly error: RegressionError | null;
  /** By label in class order. */
  readonly perLabel: Readonly<Record<string, LabelReport>>;
  /** The results of simple rules: an accuracy, or the root of the mean squared error. See `baselinesOf`. */
  readonly baselines: Baselines;
  /** Null for regression. */
  readonly calibration: Calibration | null;
  /** The usual confidence of answers. Predictions use it; callers do not get it. Null if no example was left out. */
  readonly confidence: Confidence | null;
  readonly suspects: readonly Suspect[];
  /** What to add next, the most useful first. */
  readonly next: readonly Advice[];
  readonly notes: readonly Note[];
}

interface Estimate {
  /** How it was measured: `leave one out`, or the number of folds, such as `5 folds`. */
  readonly method: string;
  /** Examples that were left out and predicted. */
  readonly n: number;
  /** The same in a sentence. */
  readonly says: string;
}

export interface Accuracy extends Estimate {
  readonly estimate: number;
  /** 95 % interval of the accuracy on new inputs like the examples. */
  readonly interval: Interval;
}

export interface RegressionError extends Estimate {
  /** Root of the mean squared error. */
  readonly estimate: number;
  readonly interval: Interval;
  /** 1 − squared error / squared deviation of the targets from their mean. Null if all targets are equal. */
  readonly r2: number | null;
}

export interface LabelReport {
  /** Examples of the label that were left out. */
  readonly n: number;
  /** The share of them that got this label. Null if n is 0. */
  readonly recall: number | null;
  readonly interval: Interval | null;
  /** The labels that the others got, the most frequent first. */
  readonly confusedWith: readonly { readonly label: string; readonly n: number }[];
}

export interface Baselines {
  /** Always the label with the most examples; for regression, always the mean of the targets. */
  readonly majority: number | null;
  /** The label or target of the most similar other example. */
  readonly nearestNeighbour: number | null;
}

export interface Calibration {
  /** Predictions of this adaptation divide their logits by this number. */
  readonly temperature: number;
  /** Without it, and with it. Null if nothing was left out. */
  readonly before: CalibrationError | null;
  readonly after: CalibrationError | null;
}

export interface CalibrationError {
  /** Expected calibration error, in 15 bins of confidence. Of few examples it is too high. */
  readonly ece: number;
  /** Mean negative log likelihood of the given labels. */
  readonly nll: number;
}

export const ISSUES = ['label', 'near_duplicate', 'two_labels_one_input', 'label_pair'] as const;

/** An example, or a pair of labels, that deserves a look. The smaller the score, the likelier is the issue. */
export interface Suspect {
  readonly issue: (typeof ISSUES)[number];
  /** Id of the example; null for a pair of labels. */
  readonly example: string | null;
  /** Its position in the support set, from 0; null for a pair of labels. */
  readonly position: number | null;
  /**
   * `label`: the probability that the other examples give to its label (for regression, the likelihood of its deviation).
   * `near_duplicate`: its distance to the other example, relative to what is usual in this set. `two_labels_one_input`: 0.
   * `label_pair`: the share of their examples for which the given label is likelier than the other.
   */
  readonly score: number;
  /** `label`: the label that the other examples suggest. */
  readonly suggested?: string;
  /** Id of the example that it repeats or contradicts. */
  readonly with?: string;
  /** `label_pair`: the two labels. */
  readonly labels?: readonly [string, string];
}

export interface Advice {
  readonly label: string;
  /** How many examples of it to add. */
  readonly examples: number;
  /** How much they would raise the accuracy, from the learning curve. Null if it is not known yet. */
  readonly gain: number | null;
}

/** What the reader should know about the report. `code` is stable. */
export interface Note {
  readonly code: 'label_too_small' | 'one_shot_less' | 'no_estimate' | 'no_better_than_majority' | 'sampled';
  readonly detail: string;
}
