import type { Operation, PoolingOps, Type } from '../node.ts';
import { inputOf } from '../node.ts';
import { outputSize, spatial } from './convolution.ts';
import { type FamilyInferences, typeOf } from './inference.ts';

type Window = PoolingOps['MaxPool'];

function pooled(
  node: Operation<'MaxPool' | 'AveragePool'>,
  { kernel_shape: kernel, ...window }: Window,
): Type {
  const x = inputOf(node, 0);
  if (window.pads.some((each, i) => each < 0 || each >= (kernel[i % 2] ?? 1)))
    throw new RangeError(`Expected pads smaller than the kernel [${kernel}], got [${window.pads}]`);
  const out = outputSize(spatial(x), kernel, window);
  if (out.some((dim) => dim < 1))
    throw new RangeError(`Expected a window within the padded input, got [${x.shape}] and [${kernel}]`);
  return { shape: [...x.shape.slice(0, 2), ...out], dtype: typeOf(node.inputs, ['float32']) };
}

export const pooling: FamilyInferences<PoolingOps> = {
  MaxPool: (node) => pooled(node, node.attributes),
  AveragePool: (node) => pooled(node, { ...node.attributes, dilations: [1, 1] }),
};
