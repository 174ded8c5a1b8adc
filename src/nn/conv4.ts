import { conv, relu, reshape } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Tensor, Tensors } from '../tensor.ts';
import type { Encoder } from './encoder.ts';
import { channelMoments, EPSILON, normalise } from './layers/normalisation.ts';
import { heNormal, type ParameterSpecs, type Params, startAt, weightOf } from './parameters.ts';

export interface Conv4Options {
  /** [channels, height, width]; sides are halved four times, rounding up. */
  readonly inputShape: readonly [number, number, number];
  readonly filters?: number;
  /** `batch`: batch statistics, for training only. `none`: plain convolutions, as served. */
  readonly normalisation: 'batch' | 'none';
}

const LAYERS = [1, 2, 3, 4] as const;
const GEOMETRY = { strides: [2, 2], pads: [1, 1, 1, 1] };

/**
 * Four 3×3 convolutions of stride 2, each normalised and rectified, flattened: 28×28 → 2×2×64 = 256 features. MAML uses
 * strides too. ProtoNets uses pooling instead, which is four times the work.
 *
 * @see Finn et al. 2017, arXiv:1703.03400, §5.2; Vinyals et al. 2016, arXiv:1606.04080, §4.1
 */
export function conv4({ inputShape, filters = 64, normalisation }: Conv4Options): Encoder {
  const halved = (side: number) => LAYERS.reduce((size) => Math.ceil(size / 2), side);
  const features = filters * halved(inputShape[1]) * halved(inputShape[2]);
  const plain: Encoder = {
    inputShape,
    features,
    lastLayer: ['conv4.weight', 'conv4.bias'],
    parameters: specs(inputShape[0], filters, (layer) => ({ [`conv${layer}.bias`]: startAt(0, [filters]) })),
    apply: (params, x) =>
      flatten(
        layers(params, x, (y) => y, true),
        features,
      ),
  };
  if (normalisation === 'none') return plain;
  return {
    ...plain,
    parameters: specs(inputShape[0], filters, (layer) => ({
      [`norm${layer}.scale`]: startAt(1, [filters]),
      [`norm${layer}.bias`]: startAt(0, [filters]),
    })),
    lastLayer: ['conv4.weight', 'norm4.scale', 'norm4.bias'],
    apply: (params, x) => flatten(layers(params, x, withBatchStatistics(params), false), features),
    calibration: {
      encoder: plain,
      statistics(params, x) {
        const measured: Record<string, Value> = {};
        layers(
          params,
          x,
          (y, layer) => {
            const { mean, variance } = channelMoments(y);
            Object.assign(measured, { [`norm${layer}.mean`]: mean, [`norm${layer}.variance`]: variance });
            return withBatchStatistics(params)(y, layer);
          },
          false,
        );
        return measured;
      },
      fold: foldNormalisation,
    },
  };
}

function specs(channels: number, filters: number, extra: (layer: number) => ParameterSpecs): ParameterSpecs {
  return Object.assign(
    {},
    ...LAYERS.map((layer) => {
      const depth = layer === 1 ? channels : filters;
      return { [`conv${layer}.weight`]: heNormal([filters, depth, 3, 3], 9 * depth), ...extra(layer) };
    }),
  );
}

/** The four layers. `between` is applied between convolution and rectifier. */
function layers(
  params: Params,
  x: Value,
  between: (y: Value, layer: number) => Value,
  biased: boolean,
): Value {
  return LAYERS.reduce((h, layer) => {
    const bias = biased ? weightOf(params, `conv${layer}.bias`) : undefined;
    return relu(between(conv(h, weightOf(params, `conv${layer}.weight`), bias, GEOMETRY), layer));
  }, x);
}

const withBatchStatistics = (params: Params) => (y: Value, layer: number) =>
  normalise(
    y,
    channelMoments(y),
    weightOf(params, `norm${layer}.scale`),
    weightOf(params, `norm${layer}.bias`),
  );

const flatten = (x: Value, features: number) => reshape(x, [x.shape[0] ?? 1, features]);

/** w′ = w γ / √(σ² + ε), b′ = β − μ γ / √(σ² + ε): normalisation by constants folds into the convolution. */
function foldNormalisation(params: Tensors, statistics: Tensors): Tensors {
  const read = (from: Tensors, name: string): Tensor => {
    const found = from[name];
    if (!found) throw new RangeError(`Expected a tensor ${name}, got ${Object.keys(from).join(', ')}`);
    return found;
  };
  const folded: Record<string, Tensor> = {};
  for (const layer of LAYERS) {
    const weight = read(params, `conv${layer}.weight`);
    const [gamma, beta] = [read(params, `norm${layer}.scale`).data, read(params, `norm${layer}.bias`).data];
    const [mean, variance] = [
      read(statistics, `norm${layer}.mean`).data,
      read(statistics, `norm${layer}.variance`).data,
    ];
    const scale = gamma.map((g, c) => g / Math.sqrt((variance[c] ?? 0) + EPSILON));
    const size = weight.data.length / scale.length;
    folded[`conv${layer}.weight`] = {
      shape: weight.shape,
      data: weight.data.map((w, i) => w * (scale[Math.floor(i / size)] ?? 0)),
    };
    folded[`conv${layer}.bias`] = {
      shape: [scale.length],
      data: beta.map((b, c) => b - (mean[c] ?? 0) * (scale[c] ?? 0)),
    };
  }
  return folded;
}
