import { Type } from 'typebox';
import {
  add,
  concat,
  constant,
  countOf,
  div,
  log,
  logSoftmax,
  matMul,
  mul,
  reduceSum,
  reshape,
  softmax,
  sub,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { type Classes, classesOf } from '../../nn/heads/classes.ts';
import { correctOf } from '../../nn/heads/head-shares.ts';
import { kernelRidge } from '../../nn/heads/kernel-ridge.ts';
import { KERNELS, kernelsOf, unitsOf } from '../../nn/heads/kernels.ts';
import { momentsOf, standardised, standardOf } from '../../nn/heads/standardise.ts';
import { weightOf } from '../../nn/parameters.ts';
import { defineAlgorithm } from '../algorithm.ts';

/** Factors by which scores become logits, and the mean and the deviation of their prior. */
const TEMPERATURES = [1, 2, 4, 8, 16, 32] as const;
const EXPECTED = Math.log(2.5);
const DEVIATION = 1;
/** Added to the count of each class. With 1, tables of 40 to 120 rows get answers that are not certain enough. */
const PSEUDOCOUNT = 0.5;
/** Keeps the logarithm of an error of 0 finite. */
const EPSILON = 1e-9;

interface Settings {
  readonly lambdas: readonly number[];
  readonly sharpness: number;
}

/**
 * A learner for tables. It standardises the features on the support set, fits kernel ridge regressions with several kernels
 * and λ, and mixes them by how well each predicts the examples that are left out:
 *
 *     f(x) = Σ_h a_h f_h(x),    a = softmax_h(β Σᵢ log p_h(yᵢ | others))
 *
 * For classification each head's scores are turned into logits with several temperatures, which take part in the mixture.
 * For regression, p_h is normal, with the mean squared error of the left-out examples as its variance.
 *
 * Nothing is meta-learned and no steps are taken. State: standard of the features, the examples, their coefficients per
 * kernel, and `selection` [heads, 3]: correct predictions of left-out examples (or squared errors), their number, the share.
 *
 * @see Saunders, Gammerman & Vovk, ICML 1998 (kernel ridge regression); Yao, Vehtari, Simpson & Gelman 2018, arXiv:1704.02030,
 * §3.4 (the mixture)
 */
export const kernelMixture = defineAlgorithm({
  name: 'kernel-mixture',
  reference:
    'Saunders, Gammerman & Vovk, Ridge Regression Learning Algorithm in Dual Variables, ICML 1998, mixed as by ' +
    'Yao, Vehtari, Simpson & Gelman, Bayesian Analysis 13, 2018, https://arxiv.org/abs/1704.02030',
  settings: Type.Object(
    {
      /** Each is at most ten times the next. */
      lambdas: Type.Array(Type.Number({ minimum: 1e-3 }), { minItems: 1, default: [1, 0.1, 0.01] }),
      /** β. Below 1, because the left-out predictions depend on each other. */
      sharpness: Type.Number({ exclusiveMinimum: 0, default: 0.3 }),
    },
    { additionalProperties: false },
  ),

  heads: (_net, { lambdas }) =>
    lambdas.flatMap((lambda) => KERNELS.map((kernel) => `${kernel}, λ ${lambda}`)),

  init(net, theta, { x, y }, settings) {
    const raw = net.embed(theta, x);
    const isRegression = net.task === 'regression';
    const one = add(mul(reduceSum(y, [1], { keepdims: true }), 0), 1);
    const classes = classesOf(y);
    const { weights, removed } = isRegression ? { weights: one, removed: one } : classes;
    const standard = standardOf(raw, weights);
    const rows = standardised(raw, standard);
    const units = unitsOf(rows, weights);
    const gram = kernelsOf(rows, rows, units);
    const { mean, deviation } = momentsOf(y, weights);
    const targets = isRegression
      ? div(sub(y, mean), deviation)
      : sub(classes.oneHot, div(1, countOf(y, [1])));
    const { coefficients, leftOut } = kernelRidge({ gram, targets, weights, removed }, settings.lambdas);
    const { factors, selection } = isRegression
      ? regressionShares(leftOut, targets, deviation, settings)
      : classShares(leftOut, classes, settings);
    const mixture = mixed(coefficients, factors, settings);
    const state = { ...standard, ...units, rows, selection };
    return isRegression
      ? { ...state, coefficients: mul(mixture, deviation), bias: mean }
      : { ...state, coefficients: mixture };
  },

  predict(net, theta, state, x) {
    const of = (name: string) => weightOf(state, name);
    const rows = standardised(net.embed(theta, x), { mean: of('mean'), scale: of('scale') });
    const similar = kernelsOf(rows, of('rows'), { distance: of('distance'), product: of('product') });
    const y = reduceSum(matMul(similar, of('coefficients')), [0]);
    return net.task === 'regression' ? add(y, of('bias')) : y;
  },
});

/** Heads with one kernel are one regression after mixing: [heads, n, m] → [kernels, n, m]. */
function mixed(coefficients: Value, factors: Value, { lambdas }: Settings): Value {
  const [, n = 1, m = 1] = coefficients.shape;
  const perLambda = reshape(mul(coefficients, factors), [lambdas.length, KERNELS.length, n, m]);
  return reduceSum(perLambda, [0]);
}

interface Shares {
  /** What each head's prediction is multiplied by, [heads, 1, 1]. */
  readonly factors: Value;
  /** [heads, 3] */
  readonly selection: Value;
}

/**
 * Smoothed labels [n, ways]: n correct predictions of n do not make the next one certain. So ½ is added to the count of each
 * label: the label of an example keeps the part n / (n + ways / 2), and the rest is divided evenly among all labels.
 * @see Krichevsky & Trofimov, The performance of universal encoding, IEEE Transactions on Information Theory 27, 1981
 */
function smoothed(oneHot: Value, n: Value): Value {
  const ways = countOf(oneHot, [1]);
  return div(add(mul(oneHot, n), PSEUDOCOUNT), add(n, mul(ways, PSEUDOCOUNT)));
}

/** Only examples whose class has other examples count in the likelihood. */
function classShares(
  leftOut: Value,
  { oneHot, weights, hasOthers }: Classes,
  { sharpness }: Settings,
): Shares {
  const heads = Number(leftOut.shape[0]);
  const column = (data: readonly number[]) =>
    constant({ shape: [data.length, 1, 1, 1], data: Float32Array.from(data) });
  const temperatures = column(TEMPERATURES);
  const counted = mul(hasOthers, weights);
  const expected = smoothed(oneHot, reduceSum(counted));
  const likelihoods = reduceSum(mul(logSoftmax(mul(leftOut, temperatures)), expected), [3], {
    keepdims: true,
  });
  const evidence = reduceSum(mul(likelihoods, counted), [2], { keepdims: true });
  const prior = column(TEMPERATURES.map((each) => -0.5 * ((Math.log(each) - EXPECTED) / DEVIATION) ** 2));
  const scores = add(mul(evidence, sharpness), prior);
  const shares = reshape(softmax(reshape(scores, [TEMPERATURES.length * heads]), 0), scores.shape);
  return {
    factors: reshape(reduceSum(mul(shares, temperatures), [0]), [heads, 1, 1]),
    selection: concat(
      [...correctOf(leftOut, oneHot, counted), reshape(reduceSum(shares, [0]), [heads, 1])],
      1,
    ),
  };
}

/** Errors are reported in the units of the targets, and compared in standard deviations. */
function regressionShares(leftOut: Value, targets: Value, deviation: Value, { sharpness }: Settings): Shares {
  const heads = Number(leftOut.shape[0]);
  const error = sub(leftOut, targets);
  const squaresOf = (each: Value) => reduceSum(mul(each, each), [1, 2]);
  const count = reduceSum(add(mul(error, 0), 1), [1, 2]);
  const evidence = mul(mul(log(add(squaresOf(error), EPSILON)), count), -0.5 * sharpness);
  const shares = softmax(evidence, 0);
  const columns = [squaresOf(mul(error, deviation)), count, shares].map((each) => reshape(each, [heads, 1]));
  return { factors: reshape(shares, [heads, 1, 1]), selection: concat(columns, 1) };
}
