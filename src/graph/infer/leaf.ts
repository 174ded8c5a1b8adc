import { isStatic } from '../../onnx/dim.ts';
import { sizeOf } from '../../tensor.ts';
import type { DType, LeafOps, Numbers } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, statedShape } from './inference.ts';

function dtypeOf(data: Numbers): DType {
  if (data instanceof Float32Array) return 'float32';
  return data instanceof BigInt64Array ? 'int64' : 'bool';
}

export const leaf: FamilyInferences<LeafOps> = {
  Input: (node, stated) => ({ shape: statedShape(node, stated), dtype: stated?.dtype ?? 'float32' }),
  Constant(node, stated) {
    const { data } = node.attributes;
    const shape = statedShape(node, stated);
    if (!isStatic(shape) || sizeOf(shape) !== data.length)
      throw new RangeError(`Expected numbers for the shape [${shape}], got ${data.length}`);
    return { shape, dtype: dtypeOf(data) };
  },
  Identity: (node) => inputOf(node, 0),
  StopGradient: (node) => inputOf(node, 0),
};
