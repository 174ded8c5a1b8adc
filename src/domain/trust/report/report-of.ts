import type { Slices } from '../../../concurrency/slices.ts';
import { countLabels } from '../../class-order.ts';
import type { Assessment } from '../assessment.ts';
import { type Comparison, confidenceOf } from '../confidence.ts';
import { contentsByLabel } from '../folds.ts';
import type { Metric } from '../novelty/nearest.ts';
import {
  calibrationError,
  fitTemperature,
  type KnownTemperature,
  labelledLogits,
  probabilitiesOf,
  temperatureAt,
} from '../temperature.ts';
import { outcomesOf, perLabelOf } from './accuracy.ts';
import { baselinesOf } from './baselines.ts';
import { duplicatesOf } from './duplicates.ts';
import { estimateOf, learntShare } from './estimate.ts';
import * as words from './in-words.ts';
import { labelIssues, labelPairs } from './label-issues.ts';
import { adviceOf, fitLearningCurve } from './learning-curve.ts';
import { neighboursOf } from './neighbours.ts';
import { regressionError, targetIssues } from './regression.ts';
import { type Accuracy, type Calibration, ISSUES, type Note, type Report, type Suspect } from './report.ts';

/** What the package knows from its training tasks. */
export interface Priors {
  /** The temperatures that fit such tasks best, ascending by shots. */
  readonly temperatures: readonly KnownTemperature[];
  /** By this factor intervals are wider than those of independent examples. */
  readonly intervalFactor: number;
  /** How rare each feature is in its training data; see `rarityOf`. Null if it does not know. */
  readonly rarities: Uint8Array | null;
  /** How its inputs are compared. */
  readonly metric: Metric;
}

/** Suspects that a report keeps of each issue, the most likely first. */
const MAX_SUSPECTS = 20;

export function* reportOf(assessment: Assessment, priors: Priors): Slices<Report> {
  const { support, x, tested, splits } = assessment;
  const neighbours = yield* neighboursOf(x, priors.metric, support.digest);
  const baselines = yield* baselinesOf(assessment, neighbours);
  const duplicates = yield* duplicatesOf(support, neighbours);
  const notes =
    neighbours.rows.length < support.examples.length ? [words.sampled(neighbours.rows.length)] : [];
  const method = methodOf(splits.length, tested.length, support.examples.length);
  const common = { baselines, suspects: worstOf(duplicates), notes };
  const comparison = { metric: priors.metric, neighbours, rarities: priors.rarities };
  if (support.outcome.kind === 'labels')
    return yield* classificationReport(assessment, priors, comparison, { ...common, method });
  const error = regressionError(assessment, method, priors.intervalFactor);
  return {
    ...common,
    accuracy: null,
    error: error && { ...error, says: words.errorInWords(error) },
    perLabel: {},
    calibration: null,
    confidence: yield* confidenceOf(assessment, 1, comparison),
    suspects: worstOf([...targetIssues(assessment), ...duplicates]),
    next: [],
    notes: error ? notes : [words.noRegressionEstimate, ...notes],
  };
}

function* classificationReport(
  assessment: Assessment,
  { temperatures, intervalFactor }: Priors,
  comparison: Comparison,
  { method, ...common }: Pick<Report, 'baselines' | 'suspects' | 'notes'> & { readonly method: string },
): Slices<Report> {
  const { support } = assessment;
  const { labels, classes } = labelsOf(assessment);
  yield;
  const outcomes = outcomesOf(assessment);
  const accuracy = estimateOf(assessment, intervalFactor);
  const logits = labelledLogits(assessment, outcomes);
  // Left-out examples are predicted from fewer shots, which may need another temperature.
  const shots = labels.length / classes.length;
  const [prior, leftOutPrior] = [
    temperatureAt(temperatures, shots),
    temperatureAt(temperatures, learntShare(assessment) * shots),
  ];
  const temperature = prior * ((yield* fitTemperature(logits, leftOutPrior)) / leftOutPrior);
  yield;
  const before = calibrationError(logits, 1);
  yield;
  const after = calibrationError(logits, temperature);
  yield;
  const calibration: Calibration = { temperature, before, after };
  const judged = outcomes.map((each, i) => ({
    ...each,
    probabilities: logits[i] ? probabilitiesOf(logits[i], temperature) : [],
  }));
  yield;
  const unlike = labelIssues(support, classes, judged);
  yield;
  const issues = [...unlike, ...labelPairs(classes, judged)];
  yield;
  return {
    ...common,
    accuracy: accuracy && { ...accuracy, method, says: words.accuracyInWords(accuracy) },
    error: null,
    perLabel: perLabelOf(outcomes, classes, intervalFactor),
    calibration,
    confidence: yield* confidenceOf(assessment, temperature, comparison),
    suspects: worstOf([...issues, ...common.suspects]),
    next: adviceOf(outcomes, classes, countLabels(labels, classes), fitLearningCurve(assessment.curve)),
    notes: [...labelNotes(assessment, accuracy, common.baselines.majority), ...common.notes],
  };
}

function labelsOf({ support: { outcome } }: Assessment) {
  if (outcome.kind !== 'labels') throw new RangeError('Expected labels');
  return outcome;
}

/** Below this number of different examples of a label, one less makes a difference. */
const FEW = 3;

function labelNotes(
  assessment: Assessment,
  accuracy: Pick<Accuracy, 'estimate'> | null,
  majority: number | null,
): readonly Note[] {
  const { examples } = assessment.support;
  const { labels, classes } = labelsOf(assessment);
  const contents = examples.map(({ content }) => content);
  const byLabel = contentsByLabel([...labels.keys()], labels, contents);
  const sizeOf = (label: string) => byLabel.get(label)?.size ?? 0;
  if (!accuracy) return [words.noEstimate];
  const single = classes.filter((label) => sizeOf(label) < 2);
  const least = Math.min(...classes.map(sizeOf).filter((size) => size > 1));
  return [
    ...(single.length > 0 ? [words.tooSmall(single)] : []),
    ...(least < FEW ? [words.oneShotLess(least)] : []),
    ...(majority !== null && accuracy.estimate <= majority ? [words.noBetterThanMajority] : []),
  ];
}

/** The most likely suspects of each issue. */
function worstOf(suspects: readonly Suspect[]): readonly Suspect[] {
  return ISSUES.flatMap((issue) =>
    suspects
      .filter((each) => each.issue === issue)
      .sort((a, b) => a.score - b.score)
      .slice(0, MAX_SUSPECTS),
  );
}

function methodOf(folds: number, tested: number, examples: number): string {
  if (folds === 0) return 'none';
  return tested === examples && folds === examples ? 'leave one out' : `${folds} folds`;
}
