/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** An estimate from n observations. */
export interface Estimated {
  readonly estimate: number;
  readonly n: number;
}

/** The normal distribution is within this many deviations with a probability of 95 %. */
const DEVIATIONS = 1.96;

/**
 * The interval of a share of n: all shares p with |estimate − p| ≤ 1.96 √(p (1 − p) / n). It is within 0…1, and not empty if all
 * of the n are correct. `factor` widens it, for observations that depend on each other.
 * @see Wilson, Probable Inference, JASA 22, 1927; Brown, Cai & DasGupta, Statistical Science 16, 2001, §3.1.1
 */
export function intervalOfShare({ estimate, n }: Estimated, factor = 1): Interval {
  const share = Math.min(1, estimate);
  const square = (factor * DEVIATIONS) ** 2 / n;
  const centre = (share + square / 2) / (1 + square);
  const half = Math.sqrt((square * (share * (1 - share) + square / 4)) / (1 + square) ** 2);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** The interval of the mean of n squared errors, if the errors are normal: symmetric on the logarithm, so it is above 0. */
export function intervalOfError({ estimate, n }: Estimated, factor = 1): Interval {
  const ratio = Math.exp(factor * DEVIATIONS * Math.sqrt(2 / n));
  return [estimate / ratio, estimate * ratio];
}
