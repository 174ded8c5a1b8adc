import {
  add,
  concat,
  div,
  exp,
  gemm,
  mul,
  neg,
  reduceSum,
  relu,
  reshape,
  sqrt,
  sub,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';

/** Under the square root, so that its gradient stays finite for equal rows. */
const EPSILON = 1e-12;

/** Distances and products of rows, in units of the support set: the mean of squared distances and of squares is 1. */
interface Pairs {
  /** [n, m] */
  readonly squaredDistance: Value;
  /** [n, m] */
  readonly product: Value;
}

const gaussian =
  (width: number) =>
  ({ squaredDistance }: Pairs) =>
    exp(div(neg(squaredDistance), width ** 2));
const exponential =
  (width: number) =>
  ({ squaredDistance }: Pairs) =>
    exp(div(neg(sqrt(add(squaredDistance, EPSILON))), width));
const linear = ({ product }: Pairs) => product;
const mean = (a: (pairs: Pairs) => Value, b: (pairs: Pairs) => Value) => (pairs: Pairs) =>
  mul(add(a(pairs), b(pairs)), 0.5);

/**
 * Similarities of rows. Their mean over a row with itself is 1, so that one regulariser fits all. The Gaussian kernel makes
 * smooth functions, and the exponential one rough functions. The linear one adds a trend that continues beyond the examples.
 * Each kernel plus 1 is used; the 1 is the intercept of the regression.
 */
const kernels = {
  linear,
  gaussian: gaussian(2),
  exponential: exponential(Math.SQRT2),
  'linear + gaussian': mean(linear, gaussian(1)),
  'linear + exponential': mean(linear, exponential(Math.SQRT1_2)),
} as const satisfies Readonly<Record<string, (pairs: Pairs) => Value>>;

export const KERNELS = Object.keys(kernels);

/** The units of `Pairs`, both [1, 1]. */
export interface Units {
  readonly distance: Value;
  readonly product: Value;
}

/** Mean squared distance and mean square of rows z [n, d] with weights [n, 1]. */
export function unitsOf(z: Value, weights: Value): Units {
  const total = reduceSum(weights);
  const meanOf = (each: Value) => div(reduceSum(mul(each, weights), [0], { keepdims: true }), total);
  const square = reduceSum(meanOf(mul(z, z)), [1], { keepdims: true });
  const centre = meanOf(z);
  const spread = sub(square, reduceSum(mul(centre, centre), [1], { keepdims: true }));
  return { distance: add(mul(relu(spread), 2), EPSILON), product: add(square, EPSILON) };
}

/** All kernels of each row a [n, d] with each row b [m, d], one above the other: [kernels, n, m]. */
export function kernelsOf(a: Value, b: Value, { distance, product }: Units): Value {
  const products = gemm(a, b, { transB: true });
  const squares = (each: Value) => reduceSum(mul(each, each), [1], { keepdims: true });
  const across = reshape(squares(b), [1, b.shape[0] ?? 1]);
  const squaredDistance = relu(sub(add(squares(a), across), mul(products, 2)));
  const pairs: Pairs = { squaredDistance: div(squaredDistance, distance), product: div(products, product) };
  const stacked = Object.values(kernels).map((kernel) =>
    reshape(add(kernel(pairs), 1), [1, a.shape[0] ?? 1, b.shape[0] ?? 1]),
  );
  return concat(stacked, 0);
}
