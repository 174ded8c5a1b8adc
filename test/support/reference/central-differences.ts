import { isOp, topologicalOrder, type Value } from '../../../src/graph/value.ts';
import type { NdArray } from './array.ts';
import { evaluate, evaluator, type Sizes } from './evaluate.ts';
import type { Feeds } from './interpreter.ts';

const STEP = 1e-4;

/**
 * Derivatives of a scalar graph along the `directions` of the input `name`, by the five-point stencil
 *
 *     f′(x) ≈ (8 (f(x + h) − f(x − h)) − (f(x + 2h) − f(x − 2h))) / 12h,    error O(h⁴)
 *
 * @see Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 25.3.6
 */
export function centralDifferences(
  loss: Value,
  name: string,
  directions: readonly Float64Array[],
  feeds: Feeds,
  sizes: Sizes = {},
): readonly number[] {
  const { shape, data } = feeds[name] ?? { shape: [], data: new Float64Array() };
  const run = evaluator([loss], sizes, independentOf(loss, name, feeds, sizes));
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

/** The values that do not depend on the input, which stay the same while it moves, with their results. */
function independentOf(loss: Value, name: string, feeds: Feeds, sizes: Sizes): ReadonlyMap<Value, NdArray> {
  const dependent = new Set<Value>();
  const independent: Value[] = [];
  for (const each of topologicalOrder([loss])) {
    const isMoved = isOp(each, 'Input') && each.attributes.name === name;
    if (isMoved || each.inputs.some((operand) => dependent.has(operand))) dependent.add(each);
    else independent.push(each);
  }
  const results = evaluate(independent, feeds, sizes);
  return new Map(independent.map((each, i) => [each, results[i] as NdArray]));
}
