import { add, matMul, relu } from '../graph/ops/index.ts';
import type { Encoder } from './encoder.ts';
import { heNormal, startAt, weightOf } from './parameters.ts';

/**
 * Fully connected layers with rectifiers between them: x [N, sizes[0]] → [N, sizes.at(-1)].
 * The sinusoid network of MAML is `mlp([1, 40, 40, 1])`.
 *
 * @see Finn et al. 2017, arXiv:1703.03400, §5.1
 */
export function mlp(sizes: readonly number[]): Encoder {
  const layers = sizes.slice(1).map((out, i) => ({ name: `dense${i + 1}`, in: sizes[i] ?? 1, out }));
  return {
    inputShape: [sizes[0] ?? 1],
    features: sizes.at(-1) ?? 1,
    lastLayer: ['weight', 'bias'].map((kind) => `${layers.at(-1)?.name}.${kind}`),
    parameters: Object.assign(
      {},
      ...layers.map((layer) => ({
        [`${layer.name}.weight`]: heNormal([layer.in, layer.out], layer.in),
        [`${layer.name}.bias`]: startAt(0, [layer.out]),
      })),
    ),
    apply: (params, x) =>
      layers.reduce((h, { name }, i) => {
        const y = add(matMul(h, weightOf(params, `${name}.weight`)), weightOf(params, `${name}.bias`));
        return i === layers.length - 1 ? y : relu(y);
      }, x),
  };
}
