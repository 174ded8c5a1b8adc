import { inferences } from './infer/index.ts';
import type { Inference } from './infer/inference.ts';
import type { OpAttributes, OpType, Type, Value } from './node.ts';

export * from './node.ts';

/**
 * One operator over its operands. Shape and type follow from the operands, and are inferred again whenever a graph is
 * rebuilt over other operands. `stated` gives the rest: the type of an input or a constant, and the shape of a result whose
 * target shape is computed at run time.
 * @throws RangeError when the operator does not take such operands.
 */
export function value<Op extends OpType>(
  op: Op,
  inputs: readonly Value[],
  attributes: OpAttributes[Op],
  stated?: Partial<Type>,
): Value<Op> {
  const { shape, dtype } = (inferences[op] as Inference<Op>)({ op, inputs, attributes }, stated);
  return Object.freeze({ op, inputs, attributes, shape, dtype });
}
