import { add, div, mul, reduceMean, reshape, sqrt, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** Added to the variance, so that the square root is never 0. */
export const EPSILON = 1e-5;

export interface Moments {
  /** [c] */
  readonly mean: Value;
  /** Biased, [c]. */
  readonly variance: Value;
}

/** Mean and variance of each channel over the batch and the plane: x [n, c, h, w]. */
export function channelMoments(x: Value): Moments {
  const channels = x.shape[1] as number;
  const mean = reduceMean(x, [0, 2, 3], { keepdims: true });
  const centred = sub(x, mean);
  const variance = reduceMean(mul(centred, centred), [0, 2, 3]);
  return { mean: reshape(mean, [channels]), variance };
}

/**
 * y = γ (x − μ) / √(σ² + ε) + β per channel of x [n, c, h, w].
 * @see Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithm 1
 */
export function normalise(x: Value, { mean, variance }: Moments, gamma: Value, beta: Value): Value {
  const channels = x.shape[1] as number;
  const perChannel = (v: Value) => reshape(v, [1, channels, 1, 1]);
  const scale = div(gamma, sqrt(add(variance, EPSILON)));
  return add(mul(sub(x, perChannel(mean)), perChannel(scale)), perChannel(beta));
}
