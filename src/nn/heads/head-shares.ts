import {
  add,
  concat,
  constant,
  exp,
  logSoftmax,
  mul,
  positive,
  reduceSum,
  relu,
  reshape,
  softmax,
  sub,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { type ParameterSpecs, type Params, startAt, weightOf } from '../parameters.ts';
import type { Classes } from './classes.ts';
import { temperatureParameters, temperatures } from './temperature.ts';

/** Factors of the meta-learned temperature that are tried. */
const FACTORS = [0.25, 0.5, 1, 2, 4] as const;
/** Standard deviation of the logarithm of that factor, before an example is seen. */
const DEVIATION = 0.7;

export const mixtureParameters = (heads: number): ParameterSpecs => ({
  ...temperatureParameters('temperature', 10, heads),
  prior: startAt(0, [heads]),
  /** log β */
  sharpness: startAt(Math.log(0.3), []),
});

export interface HeadShares {
  /** Share times temperature of each head, [heads, 1, 1]. */
  readonly factors: Value;
  /** [heads, 3]: correct predictions of examples that were left out, their number, the share of the head. */
  readonly selection: Value;
}

/**
 * Shares of heads from their scores for left-out examples, leftOut [heads, n, ways]. Each head competes with several
 * temperatures:
 *
 *     share(h, t) ∝ exp(β Σᵢ log softmax(t τ_h sᵢ)_yᵢ + prior_h + log p(t))
 *
 * The sum is over examples whose class has others, and gives each class the same weight.
 */
export function leaveOneOutShares(params: Params, leftOut: Value, classes: Classes): HeadShares {
  const heads = Number(leftOut.shape[0]);
  const { oneHot, weights, balance, hasOthers } = classes;
  const column = (data: readonly number[]) =>
    constant({ shape: [FACTORS.length, 1, 1, 1], data: Float32Array.from(data) });
  const factors = column(FACTORS);
  const taus = mul(reshape(temperatures(params, 'temperature', classes), [1, heads, 1, 1]), factors);
  const likelihoods = reduceSum(mul(logSoftmax(mul(leftOut, taus)), oneHot), [3], { keepdims: true });
  const counted = mul(hasOthers, weights);
  const evidence = reduceSum(mul(likelihoods, mul(counted, balance)), [2], { keepdims: true });
  const prior = add(
    reshape(weightOf(params, 'prior'), [1, heads, 1, 1]),
    column(FACTORS.map((factor) => -0.5 * (Math.log(factor) / DEVIATION) ** 2)),
  );
  const scores = add(mul(exp(weightOf(params, 'sharpness')), evidence), prior);
  const shares = reshape(softmax(reshape(scores, [FACTORS.length * heads]), 0), scores.shape);
  return {
    factors: reshape(reduceSum(mul(shares, taus), [0]), [heads, 1, 1]),
    selection: concat(
      [...correctOf(leftOut, oneHot, counted), reshape(reduceSum(shares, [0]), [heads, 1])],
      1,
    ),
  };
}

/** The number of correct predictions and of all, [heads, 1] each. A prediction is correct if no class has a higher score. */
export function correctOf(scores: Value, oneHot: Value, counted: Value): readonly Value[] {
  const own = reduceSum(mul(scores, oneHot), [2], { keepdims: true });
  const higher = reduceSum(positive(sub(sub(scores, own), 1e-6)), [2], { keepdims: true });
  const right = relu(sub(1, higher));
  const total = (x: Value) => reduceSum(mul(x, counted), [1]);
  return [total(right), total(add(mul(right, 0), 1))];
}
