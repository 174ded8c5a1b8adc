import type { KeptPrediction } from './kept-prediction.ts';

export const REVIEW_REASONS = ['uncertain', 'novel', 'rare_label'] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

/** A prediction whose input should get a label. */
export interface Suggestion {
  readonly prediction: KeptPrediction;
  /** The reasons for choosing it, the main reason first. */
  readonly reasons: readonly ReviewReason[];
}

/**
 * Chooses up to `limit` of `predictions`. Three rankings take turns: the smallest margin between the two likeliest labels
 * (for numbers, it has no entries), the largest novelty, and the predicted label with the fewest examples. Inputs that are equal
 * to the byte count once.
 * @see Settles, Active Learning Literature Survey, 2009, §3.1 (margin sampling) and §4.1 (novelty, as an outlier's opposite)
 */
export function suggestionsOf(
  predictions: readonly KeptPrediction[],
  examples: Readonly<Record<string, number>>,
  limit: number,
): readonly Suggestion[] {
  const seen = new Set<string>();
  const open = predictions.filter(({ hasFeedback, content }) => {
    if (hasFeedback || seen.has(content)) return false;
    seen.add(content);
    return true;
  });
  const by = (score: (each: KeptPrediction) => number | null) =>
    open
      .map((each) => [each, score(each)] as const)
      .filter((pair): pair is readonly [KeptPrediction, number] => pair[1] !== null)
      .sort(([, a], [, b]) => b - a)
      .map(([each]) => each);
  const rankings: Readonly<Record<ReviewReason, readonly KeptPrediction[]>> = {
    uncertain: by(uncertaintyOf),
    novel: by(({ novelty }) => novelty),
    rare_label: by((each) => {
      const label = each.label ?? each.best;
      return label === undefined ? null : -(examples[label] ?? 0);
    }),
  };
  const chosen = new Map<string, ReviewReason>();
  const turns = Math.max(0, ...Object.values(rankings).map(({ length }) => length));
  for (let place = 0; place < turns; place++)
    for (const reason of REVIEW_REASONS) {
      const id = rankings[reason][place]?.id;
      if (id !== undefined && !chosen.has(id) && chosen.size < limit) chosen.set(id, reason);
    }
  const isAmongFirst = (reason: ReviewReason, id: string) =>
    rankings[reason].slice(0, limit).some((each) => each.id === id);
  return [...chosen].flatMap(([id, main]) => {
    const prediction = open.find((each) => each.id === id);
    const others = REVIEW_REASONS.filter((reason) => reason !== main && isAmongFirst(reason, id));
    return prediction ? [{ prediction, reasons: [main, ...others] }] : [];
  });
}

/** 1 − the difference of the two largest probabilities. */
function uncertaintyOf({ probabilities }: KeptPrediction): number | null {
  if (!probabilities) return null;
  const [first = 1, second = 0] = Object.values(probabilities).sort((a, b) => b - a);
  return 1 - (first - second);
}
