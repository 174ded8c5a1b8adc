import type { OpType, Value } from '../../../src/graph/value.ts';
import type { NdArray } from './array.ts';

/** Inputs of a graph by name. */
export type Feeds = Readonly<Record<string, NdArray>>;

/** Computes a graph: for operators with a body. */
export type Run = (outputs: readonly Value[], feeds: Feeds) => readonly NdArray[];

/** Computes one operator from its operands as ONNX specifies it, without using the shapes that the graph states. */
export type Interpreter<Op extends OpType> = (
  operands: readonly NdArray[],
  value: Value<Op>,
  feeds: Feeds,
  run: Run,
) => NdArray;

/** The interpreters of one family: a missing operator does not compile. */
export type FamilyInterpreters<Ops> = { readonly [Op in keyof Ops & OpType]: Interpreter<Op> };

/** The i-th operand. @throws RangeError when there are fewer. */
export function operand(operands: readonly NdArray[], i: number): NdArray {
  const found = operands[i];
  if (!found) throw new RangeError(`Expected an operand ${i}, got ${operands.length} operands`);
  return found;
}
