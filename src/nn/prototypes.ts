import { add, div, gemm, mul, neg, reduceSum, reshape, sub, transpose } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/**
 * Weighted mean of the features of each class: c_k = Σₙ yₙ_k fₙ / Σₙ yₙ_k.
 * Features [N, d], one-hot rows y [N, ways] → prototypes [ways, d], weights [ways].
 *
 * @see Snell et al. 2017, arXiv:1703.05175, eq. 1
 */
export function prototypes(features: Value, y: Value): { prototypes: Value; weights: Value } {
  const weights = reduceSum(y, [0]);
  const sums = gemm(y, features, { transA: true });
  return { prototypes: div(sums, reshape(weights, [y.shape[1] ?? 1, 1])), weights };
}

/** −‖f − c_k‖² for each row f of features [B, d] and prototype c_k [ways, d] → [B, ways]. */
export function negativeSquaredDistances(features: Value, centres: Value): Value {
  const square = (x: Value, keepdims: boolean) => reduceSum(mul(x, x), [1], { keepdims });
  const { weight, bias } = prototypeHead(centres);
  return sub(add(gemm(features, weight), bias), square(features, true));
}

/**
 * The linear layer that ranks classes by the distance to their prototypes:
 * −‖f − c‖² = 2 c·f − ‖c‖² − ‖f‖², whose last term is the same for every class.
 * Prototypes [ways, d] → weight [d, ways], bias [ways].
 *
 * @see Snell et al. 2017, §2.4, eq. 8; as a starting point for gradient descent: Triantafillou et al. 2020, arXiv:1903.03096, §3
 */
export function prototypeHead(centres: Value): { weight: Value; bias: Value } {
  return { weight: transpose(mul(centres, 2), [1, 0]), bias: neg(reduceSum(mul(centres, centres), [1])) };
}
