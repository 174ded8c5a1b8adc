import { gradient } from '../../../src/autodiff/gradient.ts';
import { add, input, mul, reduceSum } from '../../../src/graph/ops/index.ts';
import { isOp, topologicalOrder, type Value } from '../../../src/graph/value.ts';
import { createRandom } from '../../../src/training/random.ts';
import { expectClose } from '../close.ts';
import type { NdArray } from './array.ts';
import { centralDifferences } from './central-differences.ts';
import { evaluateAll, type Results, type Sizes } from './evaluate.ts';
import type { Feeds } from './interpreter.ts';

/** One order of differentiation: a scalar, the inputs of its derivatives, and its gradients. */
export interface Order {
  readonly loss: Value;
  readonly wrt: readonly Value<'Input'>[];
  readonly gradients: readonly Value[];
}

/**
 * Gradients of a graph to the given order. A value y becomes a scalar by weighting its elements with an input of
 * its shape, Σ y ⊙ v; the next order does the same with the gradients. These weights are the cotangents that the rules
 * receive, so the orders after the first differentiate with respect to them too.
 */
export function ordersOf(y: Value, xs: readonly Value<'Input'>[], highest: number): readonly Order[] {
  const orders: Order[] = [];
  let [outputs, wrt] = [[y], [...xs]];
  for (let order = 1; order <= highest; order++) {
    const weights = outputs.map((each, i) => input(`v${order}.${i}`, each.shape));
    const loss = outputs.map((each, i) => reduceSum(mul(each, weights[i] as Value))).reduce(add);
    const gradients = gradient(loss, wrt);
    orders.push({ loss, wrt, gradients });
    outputs = [...gradients];
    if (order === 1) wrt = [...wrt, ...weights];
  }
  return orders;
}

/** All inputs that these values depend on. */
export const inputsOf = (values: readonly Value[]): readonly Value<'Input'>[] =>
  topologicalOrder(values).filter((each) => isOp(each, 'Input'));

const TOLERANCE = 1e-7;

/** Inputs with more elements are checked along random directions, which is as strict but does not name the element. */
const MOST_ELEMENTS = 3;

/**
 * Expects every gradient to equal central differences of its loss, in float64. `results` are those of all these values, for a
 * caller that has them.
 */
export function expectGradients(
  { loss, wrt, gradients }: Order,
  feeds: Feeds,
  sizes: Sizes = {},
  results: Results = evaluateAll([loss, ...gradients], feeds, sizes),
): void {
  gradients.forEach((value, i) => {
    const gradient = results.get(value) as NdArray;
    const name = wrt[i]?.attributes.name ?? '';
    const directions = directionsIn(gradient.data.length);
    const along = (v: Float64Array) => gradient.data.reduce((sum, dx, at) => sum + dx * (v[at] ?? 0), 0);
    const expected = centralDifferences(loss, name, directions, feeds, sizes, results);
    const asArray = (data: readonly number[]) => ({ shape: [data.length], data });
    expectClose(asArray(directions.map(along)), asArray(expected), TOLERANCE, `gradient by ${name}`);
  });
}

/** Unit vectors, or three random directions if there would be many. */
function directionsIn(size: number): readonly Float64Array[] {
  if (size <= MOST_ELEMENTS)
    return Array.from({ length: size }, (_, at) => new Float64Array(size).fill(1, at, at + 1));
  const random = createRandom(size);
  return [1, 2, 3].map(() => new Float64Array(size).map(() => 2 * random.uniform() - 1));
}
