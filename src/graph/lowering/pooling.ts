import { ints, scalar } from '../ops/index.ts';
import { inputOf, isOp, type OpType, type Value, value } from '../value.ts';

/**
 * Names the axes of a Pad before a pooling. Otherwise the runtime merges it into the pads of the pooling. Such pads must be
 * shorter than the window, and the pooling ignores them: zeros would not count in a mean, and could not be a maximum.
 */
export function keepPadApart(node: Value<'MaxPool'> | Value<'AveragePool'>): Value {
  const x = inputOf(node, 0);
  if (!isOp(x, 'Pad')) return node;
  const operands = [
    inputOf(x, 0),
    inputOf(x, 1),
    x.inputs[2] ?? scalar(0),
    ints(x.shape.map((_, axis) => axis)),
  ];
  return value<OpType>(node.op, [value('Pad', operands, x.attributes)], node.attributes, node);
}
