/** NaN when there are no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Half width of the 95 % confidence interval of the mean of independent values,
 *
 *     1.96 s / √n,    s² = Σ (x − x̄)² / (n − 1),
 *
 * the normal approximation that few-shot papers report over episodes. Needs two values; fewer give 0.
 */
export function interval95(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  return 1.96 * Math.sqrt(variance / n);
}

/** What a measurement over episodes comes to. */
export interface Estimate {
  readonly mean: number;
  readonly interval95: number;
  readonly n: number;
}

export function estimate(values: readonly number[]): Estimate {
  return { mean: mean(values), interval95: interval95(values), n: values.length };
}

/** Smooths a noisy series: its first value, then (1 − weight) of each new one. Null until there is one. */
export interface MovingMean {
  add(value: number): number;
  value(): number | null;
}

/** An exponential moving mean; `weight` of the past is kept at each step. */
export function movingMean(weight: number, start: number | null = null): MovingMean {
  let current = start;
  return {
    add(value) {
      current = current === null ? value : weight * current + (1 - weight) * value;
      return current;
    },
    value: () => current,
  };
}
