import type { Dim } from '../../onnx/dim.ts';
import type { OpType, Value } from '../value.ts';

/** An operand of the program over all tasks. */
export interface Operand {
  /** With the task axis in front where `mapped`, otherwise shared by all tasks. */
  readonly value: Value;
  readonly mapped: boolean;
}

/**
 * Batching rule of one operator: given the node y = op(inputs…) of one task and its operands in the program over all
 * tasks, at least one of them mapped, what it is for all tasks: [tasks, …y's shape], or a shared value. Null where ONNX
 * has no operator that does it, as for a convolution with filters of its own for each task.
 */
export type VmapRule<Op extends OpType> = (
  y: Value<Op>,
  operands: readonly Operand[],
  tasks: Dim,
) => Operand | null;

/** One rule per operator: a forgotten one does not compile. */
export type VmapRules = { readonly [Op in OpType]: VmapRule<Op> };

/** The rules of one family. */
export type FamilyVmapRules<Ops> = { readonly [Op in keyof Ops & OpType]: VmapRule<Op> };

export const mapped = (value: Value): Operand => ({ value, mapped: true });
export const shared = (value: Value): Operand => ({ value, mapped: false });

/** The i-th operand. @throws RangeError when there are fewer. */
export function operandOf(operands: readonly Operand[], i: number): Operand {
  const operand = operands[i];
  if (!operand) throw new RangeError(`Expected an operand ${i}, got ${operands.length} operands`);
  return operand;
}
