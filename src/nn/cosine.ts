import { add, div, mul, reduceSum, sqrt } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/** Under the root: a row of zeros stays zeros, and its gradient finite. */
const EPSILON = 1e-8;

/** Rows of x [n, d] at length 1: the products of such rows are cosines. */
export function unitRows(x: Value): Value {
  return div(x, sqrt(add(reduceSum(mul(x, x), [1], { keepdims: true }), EPSILON)));
}
