import { crossEntropy, meanSquaredError } from './losses.ts';
import type { Network } from './network.ts';

/**
 * Rows of a table are features already: x [N, d], where d is a size of the task. There are no weights, so only algorithms
 * that adapt without a network's weights can use it.
 */
export function rows(task: Network['task']): Network {
  return {
    task,
    inputShape: ['d'],
    outputShape: task === 'classification' ? ['ways'] : [1],
    parameters: {},
    instantiate: (theta) => theta,
    forward(_, { shape }) {
      throw new RangeError(`Expected an algorithm that reads rows without a network, got rows [${shape}]`);
    },
    head: [],
    features: 0,
    parts: [],
    embed: (_, x) => x,
    loss: task === 'classification' ? crossEntropy : meanSquaredError,
  };
}
