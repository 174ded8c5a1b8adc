/** Labels of which one is right with the stated probability. */
export interface LabelSet {
  /** From likely to unlikely. Null if so few examples cannot support the level. */
  readonly labels: readonly string[] | null;
  readonly level: number;
  /** In words. */
  readonly guarantee: string;
}

/**
 * The largest score, 1 − probability of the right label, that a label of the set may have: the ⌈(n + 1) level⌉-th smallest of the
 * n scores of left-out examples. Null if n < level / (1 − level): then only the set of all labels would be large enough.
 * @param scores ascending
 * @see Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005, §2.2; Angelopoulos & Bates, A Gentle Introduction to
 * Conformal Prediction, https://arxiv.org/abs/2107.07511, §1
 */
export function conformalThreshold(scores: readonly number[], level: number): number | null {
  const rank = Math.ceil((scores.length + 1) * level - 1e-9);
  return scores[rank - 1] ?? null;
}

/** The labels whose score is at most the threshold, and always the likeliest. */
export function labelSet(
  probabilities: ArrayLike<number>,
  classes: readonly string[],
  scores: readonly number[],
  level: number,
): LabelSet {
  const threshold = conformalThreshold(scores, level);
  if (threshold === null) {
    const least = Math.ceil(level / (1 - level) - 1e-9);
    const guarantee = `None: ${scores.length} examples could be left out, and a set at ${level} needs ${least}`;
    return { labels: null, level, guarantee };
  }
  const order = classes
    .map((label, i) => ({ label, probability: probabilities[i] as number }))
    .toSorted((a, b) => b.probability - a.probability);
  const labels = order
    .filter(({ probability }, i) => i === 0 || 1 - probability <= threshold)
    .map(({ label }) => label);
  const guarantee = `For inputs like the examples, about ${timesOf(level)} such sets contain the right label`;
  return { labels, level, guarantee };
}

function timesOf(level: number): string {
  for (const of of [10, 20, 100]) {
    const times = level * of;
    if (Math.abs(times - Math.round(times)) < 1e-9) return `${Math.round(times)} of ${of}`;
  }
  return `${(level * 100).toFixed(1)} % of`;
}
