import { add, concat, div, matMul, mul, relu, sqrt, sub, swapLast } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { solve } from './inverse.ts';
import { inversePath } from './inverse-path.ts';
import { diagonal } from './ridge.ts';

/** Keeps quotients finite for examples of weight 0, and where an example alone decides its own prediction. */
const EPSILON = 1e-6;

export interface KernelExamples {
  /** A stack of kernels, [k, n, n]. */
  readonly gram: Value;
  /** [n, m] */
  readonly targets: Value;
  /** Weight of each example, [n, 1]. */
  readonly weights: Value;
  /** The part of the weight that leave-one-out removes, [n, 1]. */
  readonly removed: Value;
}

/** Regressions of each kernel with each λ. Those with one λ lie together. */
export interface KernelFits {
  /** The contribution of each example to a prediction, [k λs, n, m]. */
  readonly coefficients: Value;
  /** The prediction for each example by the regression without it, [k λs, n, m]. */
  readonly leftOut: Value;
}

/**
 * Kernel ridge regression with weights w:
 *
 *     β = (√w K √w + λI)⁻¹ √w T,    f(x) = Σᵢ k(x, xᵢ) √wᵢ βᵢ
 *
 * As in `ridgeFit`, the residual without example i is rᵢ / (1 − removedᵢ hᵢ), where hᵢ is the influence of the example on
 * its own prediction, per weight.
 *
 * @see Saunders, Gammerman & Vovk, ICML 1998; leave-one-out: Rifkin & Lippert 2007, MIT-CSAIL-TR-2007-025
 */
export function kernelRidge(
  { gram, targets, weights, removed }: KernelExamples,
  lambdas: readonly number[],
): KernelFits {
  const root = sqrt(add(weights, EPSILON ** 2));
  const across = matMul(root, swapLast(root));
  const t = mul(targets, root);
  const fits = inversePath(mul(gram, across), lambdas).map((system, i) => {
    const lambda = lambdas[i] ?? 1;
    const dual = solve(system, t);
    const own = div(sub(1, mul(diagonal(system.inverse), lambda)), add(weights, EPSILON ** 2));
    const left = sub(1, mul(removed, own));
    // max(left, ε): rounding can make it negative.
    const kept = add(relu(sub(left, EPSILON)), EPSILON);
    const residual = div(mul(dual, lambda), root);
    return { coefficients: mul(dual, root), leftOut: sub(targets, div(residual, kept)) };
  });
  return {
    coefficients: concat(
      fits.map(({ coefficients }) => coefficients),
      0,
    ),
    leftOut: concat(
      fits.map(({ leftOut }) => leftOut),
      0,
    ),
  };
}
