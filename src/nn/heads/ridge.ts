import {
  add,
  div,
  eyeLike,
  matMul,
  mul,
  reduceSum,
  relu,
  reshape,
  sqrt,
  sub,
  swapLast,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { regularisedInverse, solve } from './inverse.ts';

/** Keeps quotients finite where an example alone decides its own prediction. */
const EPSILON = 1e-6;

/** Examples for a regression; leading axes are a stack of regressions. */
export interface RidgeExamples {
  /** [.., n, d] */
  readonly features: Value;
  /** [n, m] */
  readonly targets: Value;
  /** Weight of each example, [n, 1]. */
  readonly weights: Value;
  /** The part of the weight that leave-one-out removes, [n, 1]. */
  readonly removed: Value;
}

export interface RidgeFit {
  /** [.., d, m] */
  readonly weight: Value;
  /** [.., 1, m] */
  readonly bias: Value;
  /** The prediction for each example by the regression without it, [.., n, m]. */
  readonly leftOut: Value;
}

/**
 * Weighted ridge regression with an intercept that is not penalised, in its dual form: the cost grows with the number
 * of examples n, not with d. Centred features and targets are scaled by √weight:
 *
 *     β = (Z Zᵀ + λI)⁻¹ T,    W = Zᵀ β
 *
 * The residual of the regression without example i follows from the same inverse: rᵢ / (1 − removedᵢ hᵢ), where hᵢ is
 * the influence of the example on its own prediction, per weight.
 *
 * @see Bertinetto, Henriques, Torr & Vedaldi, ICLR 2019, https://arxiv.org/abs/1805.08136, eq. 7;
 * leave-one-out: Allen 1974, Technometrics 16; Rifkin & Lippert 2007, MIT-CSAIL-TR-2007-025
 */
export function ridgeFit({ features, targets, weights, removed }: RidgeExamples, lambda: Value): RidgeFit {
  const rows = features.shape.length - 2;
  const total = add(reduceSum(weights), EPSILON);
  const meanOf = (x: Value, axis: number) =>
    div(reduceSum(mul(x, weights), [axis], { keepdims: true }), total);
  const root = sqrt(add(weights, EPSILON ** 2));
  const [centre, level] = [meanOf(features, rows), meanOf(targets, 0)];
  const z = mul(sub(features, centre), root);
  const t = mul(sub(targets, level), root);
  const system = regularisedInverse(matMul(z, swapLast(z)), lambda);
  const dual = solve(system, t);
  const weight = matMul(swapLast(z), dual);
  const influence = add(
    div(sub(1, mul(lambda, diagonal(system.inverse))), add(weights, EPSILON ** 2)),
    div(1, total),
  );
  const left = sub(1, mul(removed, influence));
  const residual = div(mul(lambda, dual), root);
  // max(left, ε): rounding can make it negative.
  const kept = add(relu(sub(left, EPSILON)), EPSILON);
  return {
    weight,
    bias: sub(level, matMul(centre, weight)),
    leftOut: sub(targets, div(residual, kept)),
  };
}

/** The diagonals of matrices [.., n, n] as columns [.., n, 1]. */
export function diagonal(x: Value): Value {
  const [n = 1] = x.shape.slice(-1);
  const leading = x.shape.slice(0, -2).map((_, i) => i);
  const identity = eyeLike(reshape(reduceSum(x, leading), [n, n]));
  return reduceSum(mul(x, identity), [x.shape.length - 1], { keepdims: true });
}
