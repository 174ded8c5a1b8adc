import { add, div, matMul, mul, reduceSum, relu, sqrt, sub, swapLast } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import type { Classes } from './classes.ts';
import { ridgeFit } from './ridge.ts';

/** Added to squared lengths before a division. */
const EPSILON = 1e-8;

/** Linear classifiers of features z [.., n, d], and what each would predict for its examples without them. */
export interface LinearHeads {
  /** [.., d, ways] */
  readonly weight: Value;
  /** [.., 1, ways] */
  readonly bias: Value;
  /** Scores [.., n, ways] of each example by the head that is fitted to the others. */
  readonly leftOut: Value;
}

/**
 * For features of equal length, the scores of classes are in proportion to the cosines with the means of their examples. If
 * example z of weight r is left out, the sum s of its class becomes s − r z. Its length and its product with z follow from
 * known products.
 *
 * @see Snell et al. 2017, arXiv:1703.05175; with cosines: Chen et al., ICLR 2019, https://arxiv.org/abs/1904.04232, §3.2
 */
export function cosineHeads(z: Value, y: Value, { oneHot, removed }: Classes): LinearHeads {
  const last = z.shape.length - 1;
  const sums = matMul(swapLast(y), z);
  const lengths = reduceSum(mul(sums, sums), [last], { keepdims: true });
  const products = matMul(z, swapLast(sums));
  const own = mul(reduceSum(mul(z, z), [last], { keepdims: true }), removed);
  const product = sub(products, mul(oneHot, own));
  const change = mul(removed, sub(mul(products, 2), own));
  const length = relu(sub(swapLast(lengths), mul(oneHot, change)));
  return {
    weight: swapLast(div(sums, sqrt(add(lengths, EPSILON)))),
    bias: mul(swapLast(lengths), 0),
    leftOut: div(product, sqrt(add(length, EPSILON))),
  };
}

/** Ridge regression of the labels, all classes with the same total weight; λ [.., 1, 1]. See `ridgeFit`. */
export function ridgeHeads(
  z: Value,
  { oneHot, weights, balance, removed }: Classes,
  lambda: Value,
): LinearHeads {
  const balanced = (part: Value) => mul(part, balance);
  return ridgeFit(
    { features: z, targets: oneHot, weights: balanced(weights), removed: balanced(removed) },
    lambda,
  );
}
