import { add, matMul, reduceMean, reshape, softmax } from '../../src/graph/ops/index.ts';
import { conv4 } from '../../src/nn/conv4.ts';
import { crossEntropy } from '../../src/nn/losses.ts';
import type { Network } from '../../src/nn/network.ts';
import { heNormal, startAt, weightOf } from '../../src/nn/parameters.ts';
import type { Dim } from '../../src/onnx/dim.ts';

export const FILTERS = 64;
const inputShape = [1, 28, 28] as const;

export const batchEncoder = conv4({ inputShape, normalisation: 'batch' });
export const servedEncoder = conv4({ inputShape, normalisation: 'none' });

/**
 * The network of `torch_peer.py`: conv4 with batch statistics and global average pooling, and a linear head as an
 * ordinary parameter. Our network has no bias before a normalisation, because the normalisation would cancel it.
 */
export function peerNetwork(ways: number): Network {
  const features = (params: Parameters<Network['embed']>[0], x: Parameters<Network['embed']>[1]) => {
    const y = batchEncoder.apply(params, x);
    return reduceMean(reshape(y, [y.shape[0] as Dim, FILTERS, batchEncoder.features / FILTERS]), [2]);
  };
  return {
    task: 'classification',
    inputShape,
    outputShape: [ways],
    parameters: {
      ...batchEncoder.parameters,
      'head.weight': heNormal([FILTERS, ways], FILTERS),
      'head.bias': startAt(0, [ways]),
    },
    instantiate: (theta) => theta,
    forward: (params, x) =>
      add(matMul(features(params, x), weightOf(params, 'head.weight')), weightOf(params, 'head.bias')),
    head: ['head.weight', 'head.bias'],
    features: FILTERS,
    parts: [{ name: 'all', width: FILTERS }],
    embed: features,
    loss: crossEntropy,
  };
}

/** The same network with probabilities as output, like the peer's predictions. */
export function withProbabilities(net: Network): Network {
  return { ...net, forward: (params, x) => softmax(net.forward(params, x)) };
}
