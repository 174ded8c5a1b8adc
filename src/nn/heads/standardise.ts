import { add, div, mul, positive, reduceSum, sqrt, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** Where a value lies this many deviations from the mean, it counts as about 0.7 times as far. */
const CLIP = 3;
/** Keeps the square root of a variance of 0 finite. */
const EPSILON = 1e-30;

/** The numbers that standardise features; both [1, d]. */
export interface Standard {
  readonly mean: Value;
  /** 1 / deviation; 0 for a feature that does not vary, 1 for flags. */
  readonly scale: Value;
}

/**
 * Mean and scale of each feature x [n, d] with row weights [n, 1]. Features that hold only 0 and 1 are flags and are not
 * scaled: a rare flag, divided by its small deviation, would outweigh all else.
 */
export function standardOf(x: Value, weights: Value): Standard {
  const { mean, deviation, variance } = momentsOf(x, weights);
  const off = mul(x, sub(1, x));
  const isNumber = positive(reduceSum(mul(off, off), [0], { keepdims: true }));
  const inverse = div(positive(variance), deviation);
  return { mean, scale: add(mul(isNumber, inverse), sub(1, isNumber)) };
}

/** Mean and deviation of the columns of x [n, d], with row weights [n, 1]; all [1, d]. The deviation is never 0. */
export function momentsOf(x: Value, weights: Value) {
  const total = reduceSum(weights);
  const meanOf = (each: Value) => div(reduceSum(mul(each, weights), [0], { keepdims: true }), total);
  const mean = meanOf(x);
  const centred = sub(x, mean);
  const variance = meanOf(mul(centred, centred));
  return { mean, variance, deviation: sqrt(add(variance, EPSILON)) };
}

/** x [n, d] in deviations from the mean; very large values are reduced: z / √(1 + (z/3)²). */
export function standardised(x: Value, { mean, scale }: Standard): Value {
  const z = mul(sub(x, mean), scale);
  const far = div(z, CLIP);
  return div(z, sqrt(add(mul(far, far), 1)));
}
