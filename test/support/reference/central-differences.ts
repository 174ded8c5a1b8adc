import { isOp, topologicalOrder, type Value } from '../../../src/graph/value.ts';
import { evaluateAll, evaluator, type Results, type Sizes } from './evaluate.ts';
import type { Feeds } from './interpreter.ts';

const STEP = 1e-4;

/**
 * Derivatives of a scalar graph along the `directions` of the input `name`, by the five-point stencil
 *
 *     f′(x) ≈ (8 (f(x + h) − f(x − h)) − (f(x + 2h) − f(x − 2h))) / 12h,    error O(h⁴)
 *
 * `results` are those of all values of the graph at x: a value that does not depend on the input stays the same while it
 * moves.
 *
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 25.3.6
 */
export function centralDifferences(
  loss: Value,
  name: string,
  directions: readonly Float64Array[],
  feeds: Feeds,
  sizes: Sizes = {},
  results: Results = evaluateAll([loss], feeds, sizes),
): readonly number[] {
  const { shape, data } = feeds[name] ?? { shape: [], data: new Float64Array() };
  const moving = dependentOn(name, loss);
  const run = evaluator([loss], sizes, {
    has: (value) => !moving.has(value),
    get: (value) => (moving.has(value) ? undefined : results.get(value)),
  });
  return directions.map((direction) => {
    const lossAt = (shift: number) => {
      const moved = { shape, data: data.map((x, i) => x + shift * (direction[i] ?? 0)) };
      return run({ ...feeds, [name]: moved })[0]?.data[0] ?? Number.NaN;
    };
    const near = lossAt(STEP) - lossAt(-STEP);
    const far = lossAt(2 * STEP) - lossAt(-2 * STEP);
    return (8 * near - far) / (12 * STEP);
  });
}

/** The values that depend on the input, with the input itself. */
function dependentOn(name: string, loss: Value): ReadonlySet<Value> {
  const dependent = new Set<Value>();
  for (const each of topologicalOrder([loss])) {
    const isMoved = isOp(each, 'Input') && each.attributes.name === name;
    if (isMoved || each.inputs.some((operand) => dependent.has(operand))) dependent.add(each);
  }
  return dependent;
}
