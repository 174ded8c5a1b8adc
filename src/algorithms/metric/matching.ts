import { Type } from 'typebox';
import { gemm } from '../../graph/ops/index.ts';
import { readLabels, unitRows } from '../../nn/layers/attention.ts';
import { startAt, weightOf } from '../../nn/parameters.ts';
import { defineAlgorithm } from '../algorithm.ts';

/**
 * Matching Networks: a query is labelled by its attention to every example of the support set,
 *
 *     P(c | x) = Σᵢ a(x, xᵢ) yᵢ_c,    a = softmaxᵢ(s cos(f(x), f(xᵢ)))
 *
 * No steps: the embedded support set is the whole adaptation. State: its keys [N, d], of unit length, and its labels
 * [N, ways].
 *
 * Differences from the paper: the scale s is learned; in the paper it is 1, which keeps all attention nearly uniform.
 * Full context embeddings are left out; according to the paper they change nothing on Omniglot.
 *
 * @see Vinyals, Blundell, Lillicrap, Kavukcuoglu & Wierstra, NeurIPS 2016, https://arxiv.org/abs/1606.04080, §2.1, eq. 1
 */
export const matching = defineAlgorithm({
  name: 'matching',
  reference:
    'Vinyals, Blundell, Lillicrap, Kavukcuoglu & Wierstra, Matching Networks for One Shot Learning, NeurIPS 2016, ' +
    'https://arxiv.org/abs/1606.04080',
  task: 'classification',
  settings: Type.Object(
    {
      /** Initial value of the learned scale of the cosine. */
      scale: Type.Number({ exclusiveMinimum: 0, default: 10 }),
    },
    { additionalProperties: false },
  ),

  parameters: (_net, { scale }) => ({ 'attention.scale': startAt(scale, []) }),

  init: (net, theta, { x, y }) => ({ keys: unitRows(net.embed(theta, x)), labels: y }),

  predict(net, theta, state, x) {
    const cosine = gemm(unitRows(net.embed(theta, x)), weightOf(state, 'keys'), { transB: true });
    return readLabels(cosine, weightOf(state, 'labels'), weightOf(theta, 'attention.scale'));
  },
});
