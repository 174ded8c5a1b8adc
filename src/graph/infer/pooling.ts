import type { Operation, PoolingOps, Type } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, statedShape, typeOf } from './inference.ts';

/** The constructor states the sizes of the plane; images and channels are those of the operand. */
function ofPlanes(node: Operation<'MaxPool' | 'AveragePool'>, stated?: Partial<Type>): Type {
  const [n = 1, c = 1] = inputOf(node, 0).shape;
  return { shape: [n, c, ...statedShape(node, stated).slice(2)], dtype: typeOf(node.inputs, ['float32']) };
}

export const pooling: FamilyInferences<PoolingOps> = { MaxPool: ofPlanes, AveragePool: ofPlanes };
