import { broadcastShapes, sameShape } from '../../onnx/dim.ts';
import type { NormalisationOps, Operation, Type } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, typeOf } from './inference.ts';

/** Parameters [c] for x [n, c, …]. */
function perChannel(node: Operation): Type {
  const [x, ...parameters] = [inputOf(node, 0), ...node.inputs.slice(1)];
  const channels = x.shape[1];
  const wrong = parameters.find(({ shape }) => channels === undefined || !sameShape(shape, [channels]));
  if (wrong || x.shape.length < 3)
    throw new RangeError(`Expected parameters of the channels of [${x.shape}], got [${wrong?.shape}]`);
  return { shape: x.shape, dtype: typeOf(node.inputs, ['float32']) };
}

export const normalisation: FamilyInferences<NormalisationOps> = {
  LayerNormalization(node) {
    const [x, ...parameters] = [inputOf(node, 0), ...node.inputs.slice(1)];
    const normalised = x.shape.slice(node.attributes.axis);
    for (const { shape } of parameters)
      if (!sameShape(broadcastShapes(shape, normalised), normalised))
        throw new RangeError(`Expected parameters that broadcast to [${normalised}], got [${shape}]`);
    return { shape: x.shape, dtype: typeOf(node.inputs, ['float32']) };
  },
  InstanceNormalization: perChannel,
  BatchNormalization: perChannel,
  LRN(node) {
    const { shape } = inputOf(node, 0);
    if (shape.length < 3) throw new RangeError(`Expected channels of places, got [${shape}]`);
    return { shape, dtype: typeOf(node.inputs, ['float32']) };
  },
};
