import type { Tensor } from '../../tensor.ts';

/** Fraction of rows whose largest logit is at the labelled class: both [n, ways]. */
export function accuracyOf(logits: Tensor, y: Tensor): number {
  const [rows = 0, ways = 1] = logits.shape;
  const argmax = (data: Float32Array, row: number) => {
    let best = row * ways;
    for (let i = best + 1; i < (row + 1) * ways; i++)
      if ((data[i] as number) > (data[best] as number)) best = i;
    return best;
  };
  let right = 0;
  for (let row = 0; row < rows; row++) if (argmax(logits.data, row) === argmax(y.data, row)) right += 1;
  return right / rows;
}

/** Mean of squared differences over all elements of two tensors of one shape. */
export function meanSquaredError(output: Tensor, y: Tensor): number {
  return output.data.reduce((sum, value, i) => sum + (value - (y.data[i] ?? 0)) ** 2, 0) / output.data.length;
}

/** NaN when there are no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Half width of the 95 % confidence interval of the mean of independent values,
 *
 *     1.96 s / √n,    s² = Σ (x − x̄)² / (n − 1),
 *
 * the normal approximation that few-shot papers report over episodes. NaN for fewer than two values.
 */
export function interval95(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return Number.NaN;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  return 1.96 * Math.sqrt(variance / n);
}

/** The result of a measurement over episodes. */
export interface Estimate {
  readonly mean: number;
  readonly interval95: number;
  readonly n: number;
}

export function estimate(values: readonly number[]): Estimate {
  return { mean: mean(values), interval95: interval95(values), n: values.length };
}

/** Smooths a noisy series. Null until there is a value. */
export interface MovingMean {
  add(value: number): number;
  value(): number | null;
}

/**
 * An exponential moving mean with decay `weight`. The start is corrected as for Adam's moments (Kingma & Ba, 2015, §3),
 * so that the mean is unbiased from the first value.
 */
export function movingMean(weight: number): MovingMean {
  let [sum, total] = [0, 0];
  const current = () => (total === 0 ? null : sum / total);
  return {
    add(value) {
      sum = weight * sum + value;
      total = weight * total + 1;
      return sum / total;
    },
    value: current,
  };
}
