import { greater, where } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/** Half of the largest float32. */
const HUGE = 1.7e38;

/**
 * Makes a root y safe as a divisor: where y is 0, the result is a huge number. The derivative there becomes 0 instead of ∞.
 * With ∞, the gradient of the norm of a zero vector would be NaN.
 */
export function positiveOrHuge(y: Value): Value {
  return where(greater(y, 0), y, HUGE);
}
