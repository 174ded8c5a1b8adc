import type { ConvolutionOps, Operation, Type } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, statedShape, typeOf } from './inference.ts';

/** The constructor states the sizes of the plane; images and type are those of the first operand. */
function ofImages(node: Operation<'Conv' | 'ConvTranspose'>, stated?: Partial<Type>): Type {
  const shape = statedShape(node, stated).with(0, inputOf(node, 0).shape[0] ?? 1);
  return { shape, dtype: typeOf(node.inputs, ['float32']) };
}

export const convolution: FamilyInferences<ConvolutionOps> = {
  Conv: ofImages,
  ConvTranspose: ofImages,
  ConvWeightGradient: (node, stated) => ({
    shape: statedShape(node, stated),
    dtype: typeOf(node.inputs, ['float32']),
  }),
};
