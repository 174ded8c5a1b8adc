import { Type } from 'typebox';
import { concat, constant, gemm, mul, reduceSum, reshape, swapLast } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { classesOf } from '../../nn/heads/classes.ts';
import { leaveOneOutShares, mixtureParameters } from '../../nn/heads/head-shares.ts';
import { cosineHeads, type LinearHeads, ridgeHeads } from '../../nn/heads/linear-heads.ts';
import type { Network } from '../../nn/network.ts';
import { weightOf } from '../../nn/parameters.ts';
import { defineAlgorithm } from '../algorithm.ts';
import { MIN_LAMBDA } from './ridge.ts';

/**
 * Fits several heads in closed form and mixes their logits. The share of a head grows with the likelihood that it gives
 * to each example when it is fitted to the others:
 *
 *     logits = Σ_h a_h τ_h (f(x) W_h + b_h),    a = softmax_h(β Σᵢ log p_h(yᵢ | others) + prior_h)
 *
 * Heads: cosine prototypes, and ridge regressions with several λ; each of them on several mixtures of the parts of the
 * features. Every head has a temperature τ from its examples too; see `leaveOneOutShares`. All heads are linear, so the
 * result is one linear layer. With one example per class nothing can be left out: the shares are those of the prior, which is
 * meta-learned.
 *
 * State: W, b, and `selection` [heads, 3]: for each head, the number of left-out examples that it predicts correctly, the
 * number of left-out examples, and the share of the head.
 *
 * @see Yao, Vehtari, Simpson & Gelman, Bayesian Analysis 13, 2018, https://arxiv.org/abs/1704.02030, §3.4 (pseudo-BMA)
 */
export const headMixture = defineAlgorithm({
  name: 'head-mixture',
  reference:
    'Yao, Vehtari, Simpson & Gelman, Using Stacking to Average Bayesian Predictive Distributions, Bayesian Analysis 13, ' +
    '2018, https://arxiv.org/abs/1704.02030 (pseudo-BMA over cosine prototypes and ridge regressions)',
  task: 'classification',
  settings: Type.Object(
    {
      lambdas: Type.Array(Type.Number({ minimum: MIN_LAMBDA }), { default: [0.2, 0.5, 1.5] }),
      /** Weights of the parts of the features, one list per mixture of them (default: all parts as they are). */
      mixtures: Type.Optional(Type.Array(Type.Array(Type.Number({ minimum: 0 })), { minItems: 1 })),
    },
    { additionalProperties: false },
  ),

  heads: headNames,
  parameters: (net, settings) => mixtureParameters(headNames(net, settings).length),

  init(net, theta, { x, y }, settings) {
    const classes = classesOf(y);
    const scales = partScales(net, mixturesOf(net, settings));
    const z = mul(net.embed(theta, x), scales);
    const lambdas = constant({
      shape: [settings.lambdas.length, 1, 1, 1],
      data: Float32Array.from(settings.lambdas),
    });
    const heads = joined([
      cosineHeads(z, y, classes),
      ...(settings.lambdas.length > 0 ? [flat(ridgeHeads(z, classes, lambdas))] : []),
    ]);
    const { factors, selection } = leaveOneOutShares(theta, heads.leftOut, classes);
    const repeated = concat(
      Array.from({ length: 1 + settings.lambdas.length }, () => scales),
      0,
    );
    const onParts = mul(heads.weight, swapLast(repeated));
    return {
      weight: reduceSum(mul(onParts, factors), [0]),
      bias: reduceSum(mul(heads.bias, factors), [0]),
      selection,
    };
  },

  predict: (net, theta, state, x) =>
    gemm(net.embed(theta, x), weightOf(state, 'weight'), { plus: weightOf(state, 'bias') }),
});

interface Settings {
  readonly lambdas: readonly number[];
  readonly mixtures?: readonly (readonly number[])[];
}

const mixturesOf = (net: Network, { mixtures }: Settings): readonly (readonly number[])[] =>
  mixtures ?? [net.parts.map(() => 1)];

/** `cosine, dense` or `ridge 0.3, dense + ngrams`; without the parts if there is one mixture. */
function headNames(net: Network, settings: Settings): readonly string[] {
  const mixtures = mixturesOf(net, settings);
  const parts = mixtures.map((weights) =>
    mixtures.length === 1
      ? ''
      : ` on ${net.parts.flatMap(({ name }, i) => (weights[i] ? [name] : [])).join(' + ')}`,
  );
  return ['cosine', ...settings.lambdas.map((each) => `ridge ${each}`)].flatMap((head) =>
    parts.map((part) => `${head}${part}`),
  );
}

/** The factor of each column in each mixture, [mixtures, 1, d]. */
function partScales({ parts, features }: Network, mixtures: readonly (readonly number[])[]): Value {
  const columns = mixtures.flatMap((weights) =>
    parts.flatMap(({ width }, i) => Array.from({ length: width }, () => Math.sqrt(weights[i] ?? 1))),
  );
  return constant({ shape: [mixtures.length, 1, features], data: Float32Array.from(columns) });
}

/** Joins the two leading axes. */
const flat = (heads: LinearHeads): LinearHeads =>
  mapHeads(heads, (each) => {
    const [a = 1, b = 1, ...rest] = each.shape;
    return reshape(each, [Number(a) * Number(b), ...rest]);
  });

const joined = (all: readonly LinearHeads[]): LinearHeads => ({
  weight: concat(
    all.map(({ weight }) => weight),
    0,
  ),
  bias: concat(
    all.map(({ bias }) => bias),
    0,
  ),
  leftOut: concat(
    all.map(({ leftOut }) => leftOut),
    0,
  ),
});

const mapHeads = ({ weight, bias, leftOut }: LinearHeads, change: (each: Value) => Value): LinearHeads => ({
  weight: change(weight),
  bias: change(bias),
  leftOut: change(leftOut),
});
