import type { DType, Operation, OpType, Type, Value } from '../node.ts';

/**
 * The shape and type of one operator's result, from its operands and attributes. `stated` is what the caller knows; an
 * inference reads it only where the operands do not tell.
 * @throws RangeError when the operator does not take such operands.
 */
export type Inference<Op extends OpType> = (node: Operation<Op>, stated?: Partial<Type>) => Type;

/** One inference per operator. If one is missing, the code does not compile. */
export type Inferences = { readonly [Op in OpType]: Inference<Op> };

/** The inferences of one family. */
export type FamilyInferences<Ops> = { readonly [Op in keyof Ops & OpType]: Inference<Op> };

/** The one type of these operands. @throws RangeError when they differ, or are not of one of the types `wanted`. */
export function typeOf(operands: readonly Value[], wanted?: readonly DType[]): DType {
  const first = operands[0]?.dtype ?? 'float32';
  if (operands.some(({ dtype }) => dtype !== first)) {
    const types = operands.map(({ dtype }) => dtype);
    throw new RangeError(`Expected operands of one type, got ${types.join(' and ')}`);
  }
  if (wanted && !wanted.includes(first))
    throw new RangeError(`Expected operands of type ${wanted.join(' or ')}, got ${first}`);
  return first;
}

/** The shape of a result that only the caller knows. @throws RangeError when it is not stated. */
export function statedShape({ op }: Pick<Operation, 'op'>, stated: Partial<Type> | undefined): Type['shape'] {
  if (!stated?.shape) throw new RangeError(`Expected a stated shape for ${op}, got none`);
  return stated.shape;
}
