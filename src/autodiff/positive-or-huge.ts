import { greater, where } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/** Half of the largest float32. */
const HUGE = 1.7e38;

/**
 * A root y as a divisor: a huge number where y is 0, so that the derivative there is taken as 0, and not as ∞, which
 * would make NaN of every norm of a zero vector.
 */
export function positiveOrHuge(y: Value): Value {
  return where(greater(y, 0), y, HUGE);
}
