import type { Shape } from '../onnx/dim.ts';
import type { ConvolutionOps } from './ops/convolution.ts';
import type { ElementwiseOps } from './ops/elementwise.ts';
import type { LeafOps } from './ops/leaf.ts';
import type { LinalgOps } from './ops/linalg.ts';
import type { MovementOps } from './ops/movement.ts';
import type { RecurrenceOps } from './ops/recurrence.ts';
import type { ReductionOps } from './ops/reduction.ts';

export type DType = 'float32' | 'int64' | 'bool';

/** Every operator and the type of its attributes. A family adds its own in `ops/<family>.ts`. */
export interface OpAttributes
  extends LeafOps,
    ElementwiseOps,
    ReductionOps,
    MovementOps,
    LinalgOps,
    ConvolutionOps,
    RecurrenceOps {}

export type OpType = keyof OpAttributes;

/**
 * The result of one operator: an immutable node. A graph is nothing but the values that others are made of;
 * what no output reaches does not exist. Operands that ONNX takes as int64 tensors (axes, pads, target
 * shapes) are constant inputs here too, so a value maps to an ONNX node one to one.
 */
export interface Value<Op extends OpType = OpType> {
  readonly op: Op;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[Op];
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Attributes of an operator that has none. */
export type NoAttributes = Readonly<Record<never, never>>;
export const none: NoAttributes = Object.freeze({});

export function value<Op extends OpType>(
  op: Op,
  inputs: readonly Value[],
  attributes: OpAttributes[Op],
  shape: Shape,
  dtype: DType = 'float32',
): Value<Op> {
  return Object.freeze({ op, inputs, attributes, shape, dtype });
}

/** Narrows a value to one operator. */
export function isOp<Op extends OpType>(value: Value, op: Op): value is Value<Op> {
  return value.op === op;
}

/** The i-th input. @throws RangeError when the operator has fewer. */
export function inputOf({ op, inputs }: Value, i: number): Value {
  const input = inputs[i];
  if (!input) throw new RangeError(`Expected ${op} to have an input ${i}, got ${inputs.length} inputs`);
  return input;
}

/** All values that `outputs` are made of, inputs before users. */
export function topologicalOrder(outputs: readonly Value[]): readonly Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  // An explicit stack: unrolled second-order graphs are deeper than the call stack allows.
  const stack = outputs.map((value) => ({ value, next: 0 })).reverse();
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const input = seen.has(top.value) ? undefined : top.value.inputs[top.next++];
    if (input) {
      if (!seen.has(input)) stack.push({ value: input, next: 0 });
      continue;
    }
    stack.pop();
    if (!seen.has(top.value)) {
      seen.add(top.value);
      order.push(top.value);
    }
  }
  return order;
}
