import type { PredictionDefaults } from '../../domain/task-settings.ts';
import type { Confidence } from '../../domain/trust/confidence.ts';
import { labelSet } from '../../domain/trust/conformal.ts';
import { reasonToReject, UNLIKE } from '../../domain/trust/novelty/rejection.ts';
import { nothingIn, type Warning } from '../../domain/warning.ts';
import type { Prediction } from '../service.ts';

/**
 * Adds to a prediction its warnings, its novelty and what the options ask for: no label if it should have none, and a set of
 * labels.
 */
export type Verdicts = (
  prediction: Prediction,
  warnings: readonly Warning[],
  novelty: number | null,
) => Prediction;

export function createVerdicts(
  { reject = false, set: level }: PredictionDefaults,
  classes: readonly string[] | null,
  confidence: Confidence | null,
): Verdicts {
  const isAsked = reject !== false || level !== undefined;
  return (prediction, warnings, measured) => {
    // An input that shows nothing is unlike all examples, even if its features are not.
    const novelty = nothingIn(warnings) ? 1 : measured;
    // New members stand before the spread: after it, they would cost a hidden class for each object (decision 0010).
    const judged = { warnings, novelty, ...prediction };
    if (!isAsked) return judged;
    const { label, probabilities } = prediction;
    if (!classes || !probabilities || label === undefined || label === null)
      return isNovel(novelty, reject) ? { ...judged, value: null, reason: 'unlike_examples' } : judged;
    const all = classes.map((each) => probabilities[each] as number);
    const sure = { best: probabilities[label] as number, novelty };
    const reason = reasonToReject(sure, reject, confidence?.certainties ?? []);
    return {
      ...judged,
      ...(reason && { label: null, reason, best: label }),
      ...(level !== undefined && { set: labelSet(all, classes, confidence?.scores ?? [], level) }),
    };
  };
}

/** For regression: a coverage is the share of inputs like the examples that are less novel. */
function isNovel(novelty: number | null, reject: NonNullable<PredictionDefaults['reject']>): boolean {
  if (reject === false || novelty === null) return false;
  return novelty > (reject === true ? UNLIKE : reject.coverage);
}
