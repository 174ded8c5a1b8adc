import type { Dim } from '../../onnx/dim.ts';
import { type Expandable, expansionOf } from '../expansions.ts';
import type { OpType, Value } from '../value.ts';

/** An operand in the program over all tasks. */
export interface Operand {
  /** Has a leading task axis if `mapped`, else all tasks share it. */
  readonly value: Value;
  readonly mapped: boolean;
}

/**
 * The vmap rule of one operator. Given the node y = op(inputs…) of one task, and its operands in the program over all
 * tasks (at least one of them mapped), it returns y for all tasks: [tasks, …y's shape], or a shared value. It returns
 * null when ONNX has no operator for it, such as a convolution with different filters for each task.
 */
export type VmapRule<Op extends OpType> = (
  y: Value<Op>,
  operands: readonly Operand[],
  tasks: Dim,
  within: VmapWithin,
) => Operand | null;

/** The vmap of a graph between values whose operands are known: null if one of its operators has no rule. */
export type VmapWithin = (
  output: Value,
  inputs: readonly Value[],
  operands: readonly Operand[],
) => Operand | null;

/** One rule per operator. If a rule is missing, the code does not compile. */
export type VmapRules = { readonly [Op in OpType]: VmapRule<Op> };

/** The rules of one family. An operator that has an expansion may leave its rule to that. */
export type FamilyVmapRules<Ops> = {
  readonly [Op in Exclude<keyof Ops & OpType, Expandable>]: VmapRule<Op>;
} & { readonly [Op in keyof Ops & Expandable]?: VmapRule<Op> };

/** The vmap of the expansion, also for rules that keep the operator for some operands only. */
export const ofExpansion: VmapRule<Expandable> = (y, operands, _tasks, within) =>
  within(expansionOf(y), y.inputs, operands);

export const mapped = (value: Value): Operand => ({ value, mapped: true });
export const shared = (value: Value): Operand => ({ value, mapped: false });

/** The i-th operand. @throws RangeError when there are fewer. */
export function operandOf(operands: readonly Operand[], i: number): Operand {
  const operand = operands[i];
  if (!operand) throw new RangeError(`Expected an operand ${i}, got ${operands.length} operands`);
  return operand;
}
