import { Type } from 'typebox';
import { add, exp, gemm, log, matMul, mul, sub } from '../graph/ops/index.ts';
import { unitRows } from '../nn/cosine.ts';
import { startAt, weightOf } from '../nn/parameters.ts';
import { defineAlgorithm } from './algorithm.ts';

/** Keeps the logarithm finite where attention to a class is nothing; far below any attention that matters. */
const LEAST = 1e-30;

/**
 * Matching Networks: a query is labelled by its attention to every example of the support set,
 *
 *     P(c | x) = Σᵢ a(x, xᵢ) yᵢ_c,    a = softmaxᵢ(s cos(f(x), f(xᵢ)))
 *
 * No steps: the embedded support set is the whole adaptation. Kept are its keys [N, d], of unit length, and its labels
 * [N, ways]. The softmax over examples need not be normalised, since the one over classes is: logits_c =
 * log Σᵢ yᵢ_c exp(s (cos − 1)).
 *
 * We differ in the scale s, learned (the paper has 1, which keeps every attention nearly flat), and leave out full
 * context embeddings, which the paper reports to change nothing on Omniglot.
 *
 * @see Vinyals, Blundell, Lillicrap, Kavukcuoglu & Wierstra, NeurIPS 2016, https://arxiv.org/abs/1606.04080, §2.1, eq. 1
 */
export const matching = defineAlgorithm({
  name: 'matching',
  reference:
    'Vinyals, Blundell, Lillicrap, Kavukcuoglu & Wierstra, Matching Networks for One Shot Learning, NeurIPS 2016, ' +
    'https://arxiv.org/abs/1606.04080',
  settings: Type.Object(
    {
      /** Where the learned scale of the cosine starts. */
      scale: Type.Number({ exclusiveMinimum: 0, default: 10 }),
    },
    { additionalProperties: false },
  ),

  parameters: (_net, { scale }) => ({ 'attention.scale': startAt(scale, []) }),

  init: (net, theta, { x, y }) => ({ keys: unitRows(net.embed(theta, x)), labels: y }),

  predict(net, theta, state, x) {
    const cosine = gemm(unitRows(net.embed(theta, x)), weightOf(state, 'keys'), { transB: true });
    const attention = exp(mul(weightOf(theta, 'attention.scale'), sub(cosine, 1)));
    return log(add(matMul(attention, weightOf(state, 'labels')), LEAST));
  },
});
