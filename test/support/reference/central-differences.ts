import type { Value } from '../../../src/graph/value.ts';
import { evaluate, type Sizes } from './evaluate.ts';
import type { Feeds } from './interpreter.ts';

const STEP = 1e-4;

/**
 * Derivative of a scalar graph along `direction` of the input `name`, by the five-point stencil
 *
 *     f′(x) ≈ (8 (f(x + h) − f(x − h)) − (f(x + 2h) − f(x − 2h))) / 12h,    error O(h⁴)
 *
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 25.3.6
 */
export function centralDifference(
  loss: Value,
  name: string,
  direction: Float64Array,
  feeds: Feeds,
  sizes: Sizes = {},
): number {
  const lossAt = (shift: number) => {
    const { shape, data } = feeds[name] ?? { shape: [], data: new Float64Array() };
    const moved = { shape, data: data.map((x, i) => x + shift * (direction[i] ?? 0)) };
    return evaluate([loss], { ...feeds, [name]: moved }, sizes)[0]?.data[0] ?? Number.NaN;
  };
  const near = lossAt(STEP) - lossAt(-STEP);
  const far = lossAt(2 * STEP) - lossAt(-2 * STEP);
  return (8 * near - far) / (12 * STEP);
}
