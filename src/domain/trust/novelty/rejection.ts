/** Why a prediction has no label. */
export type Reason = 'unlike_examples' | 'ambiguous';

export type Reject = boolean | { readonly coverage: number };

/** How sure a prediction is. */
export interface Sureness {
  /** Probability of the likeliest label. */
  readonly best: number;
  /** 0…1; see `noveltyOf`. Null if it is not known. */
  readonly novelty: number | null;
}

/** Without a coverage, an input is unlike the examples if it is more novel than this share of inputs like the examples. */
export const UNLIKE = 0.95;
/** Without a coverage, an answer is ambiguous if its label is less likely than all others together. */
const AMBIGUOUS = 0.5;

/** From 0 to 1: the probability of the best label, lower the more novel the input is. */
export function certaintyOf({ best, novelty }: Sureness): number {
  return best * (1 - (novelty ?? 0));
}

/**
 * Why the answer should be "none of these", or null.
 *
 * - `true`: more novel than 95 % of inputs like the examples, or the likeliest label has less than half of the probability.
 * - `{coverage}`: less certain than about this share of the left-out examples.
 * @param certainties of left-out examples, ascending
 */
export function reasonToReject(
  sure: Sureness,
  reject: Reject,
  certainties: readonly number[],
): Reason | null {
  if (reject === false) return null;
  const isUnlike = (sure.novelty ?? 0) > UNLIKE;
  if (reject === true) {
    if (isUnlike) return 'unlike_examples';
    return sure.best < AMBIGUOUS ? 'ambiguous' : null;
  }
  const least = leastCertainty(certainties, reject.coverage);
  if (certaintyOf(sure) >= least) return null;
  // The factor that lowers the certainty more.
  return isUnlike || 1 - (sure.novelty ?? 0) < sure.best ? 'unlike_examples' : 'ambiguous';
}

/**
 * The certainty that an input like the examples reaches with the probability `coverage`; 0 if there are too few examples to
 * know it.
 */
function leastCertainty(certainties: readonly number[], coverage: number): number {
  const below = Math.floor((1 - coverage) * (certainties.length + 1) + 1e-9);
  return certainties[below - 1] ?? 0;
}
