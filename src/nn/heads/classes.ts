import { add, countOf, div, log, mul, positive, reduceSum, relu, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** Added to weights before a division, so that a row of weight 0 gives 0. */
const EPSILON = 1e-12;

/** The labels y [n, ways] as heads need them. Rows of y may have weights. */
export interface Classes {
  /** Weight of each example, [n, 1]. */
  readonly weights: Value;
  /** Labels without their weights, [n, ways]. */
  readonly oneHot: Value;
  /** Factor that gives all classes the same total weight, [n, 1]. */
  readonly balance: Value;
  /** Weight that leave-one-out removes: 1, or the whole weight if it is less. [n, 1] */
  readonly removed: Value;
  /** 1 where the class has other examples, so that one can be left out; else 0. [n, 1] */
  readonly hasOthers: Value;
  /** Logarithms of the mean weight of a class and of the number of classes, []. */
  readonly logShots: Value;
  readonly logWays: Value;
}

export function classesOf(y: Value): Classes {
  const weights = reduceSum(y, [1], { keepdims: true });
  const oneHot = div(y, add(weights, EPSILON));
  const own = reduceSum(mul(oneHot, reduceSum(y, [0], { keepdims: true })), [1], { keepdims: true });
  const ways = add(countOf(y, [1]), 0);
  const perClass = div(add(reduceSum(y), EPSILON), ways);
  const removed = sub(weights, relu(sub(weights, 1)));
  return {
    weights,
    oneHot,
    balance: div(perClass, add(own, EPSILON)),
    removed,
    hasOthers: positive(sub(sub(own, removed), 1e-6)),
    logShots: log(perClass),
    logWays: log(ways),
  };
}
