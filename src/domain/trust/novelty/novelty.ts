/** Mean and standard deviation of a score over examples that were left out. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The usual scores of novelty of inputs of the known labels, from the examples of the task.
 *
 * Two scores are added, each in standard deviations: the cosine distance of the input to the nearest example, and the energy
 * of its logits. Their sum separates unknown inputs better than each alone, and better than the maximum of softmax;
 * `npm run bench:trust` prints the figures. Some packages know how rare features are in their training data. For them a third
 * score is added: how much rarer the input is than usual, in standard deviations above 1. It finds garbled texts, whose
 * distance to the examples is about that of a text about another subject.
 * @see Sun, Ming, Zhu & Li, Out-of-Distribution Detection with Deep Nearest Neighbors, ICML 2022,
 * https://arxiv.org/abs/2204.06507
 * @see Liu, Wang, Owens & Li, Energy-based Out-of-distribution Detection, NeurIPS 2020, https://arxiv.org/abs/2010.03759, eq. 4
 */
export interface NoveltyScale {
  readonly distance: Spread;
  /** Null for regression, and if no example could be left out. */
  readonly energy: Spread | null;
  /** Null or absent for packages that do not know what is rare. */
  readonly rarity?: Spread | null;
  /** Of the sum of all. */
  readonly sum: Spread;
}

/** The scores of one input. */
export interface NoveltyScores {
  /** Cosine distance to the nearest example. */
  readonly distance: number;
  /** −log Σ exp of the logits. Null for regression. */
  readonly energy: number | null;
  /** See `rarityOf`. Null for packages that do not know what is rare. */
  readonly rarity: number | null;
}

/** −log Σ exp(logit): low for inputs that the network knows. */
export function energyOf(logits: ArrayLike<number>): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i] as number);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] as number) - max);
  return -(max + Math.log(sum));
}

/** The scale of scores of left-out examples. Null without any. */
export function noveltyScale(scores: readonly NoveltyScores[]): NoveltyScale | null {
  if (scores.length === 0) return null;
  const distance = spreadOf(scores.map((each) => each.distance));
  const [energy, rarity] = (['energy', 'rarity'] as const).map((name) => {
    const known = scores.flatMap((each) => each[name] ?? []);
    return known.length === scores.length ? spreadOf(known) : null;
  }) as [Spread | null, Spread | null];
  const sum = spreadOf(scores.map((each) => sumOf(each, { distance, energy, rarity })));
  return { distance, energy, rarity, sum };
}

/**
 * 0…1: about the share of inputs of the known labels that are less novel than this. It is the logistic function of the sum of the
 * scores in standard deviations, which is within 0.01 of the normal distribution.
 * @see Bowling et al., A logistic approximation to the cumulative normal distribution, JIEM 2, 2009
 */
export function noveltyOf(scores: NoveltyScores, scale: NoveltyScale): number {
  return 1 / (1 + Math.exp(-1.702 * standardised(sumOf(scores, scale), scale.sum)));
}

/** Deviations of rarity that do not count: ordinary texts differ by as much. */
const USUAL = 1;

const sumOf = (scores: NoveltyScores, { distance, energy, rarity }: Omit<NoveltyScale, 'sum'>) =>
  standardised(scores.distance, distance) +
  (energy && scores.energy !== null ? standardised(scores.energy, energy) : 0) +
  (rarity && scores.rarity !== null ? Math.max(0, standardised(scores.rarity, rarity) - USUAL) : 0);

const standardised = (value: number, { mean, deviation }: Spread) => (value - mean) / deviation;

/** Lower bound of a deviation: with equal examples, all other inputs would be infinitely novel. */
const LEAST_DEVIATION = 1e-3;

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, deviation: Math.max(LEAST_DEVIATION, Math.sqrt(variance)) };
}
