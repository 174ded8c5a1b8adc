import { type Dim, productOf, quotientOf, type Shape } from '../../onnx/dim.ts';
import { inputOf, isOp, type Numbers, type Value } from '../node.ts';

/** The numbers of an `ints` constant. @throws TypeError when the operand is not a constant. */
export function intsOf(operand: Value): readonly number[] {
  if (!isOp(operand, 'Constant') || operand.dtype !== 'int64')
    throw new TypeError(`Expected a constant int64 operand, got ${operand.op}`);
  const { data } = operand.attributes;
  const known = read.get(data);
  if (known) return known;
  const numbers: number[] = [];
  for (let i = 0; i < data.length; i++) numbers.push(Number(data[i]));
  read.set(data, numbers);
  return numbers;
}

/** Inference and passes read the same constants again and again, and their data never change. */
const read = new WeakMap<Numbers, readonly number[]>();

/**
 * The dimensions that an int64 list consists of: constants, dimensions of tensors, and lists of both. Null when it is
 * computed in another way.
 */
export function dimsOf(operand: Value): Shape | null {
  if (isOp(operand, 'Constant')) return intsOf(operand);
  if (isOp(operand, 'Shape')) {
    const { start, end } = operand.attributes;
    return inputOf(operand, 0).shape.slice(start, end);
  }
  if (!isOp(operand, 'Concat')) return null;
  const parts = operand.inputs.map(dimsOf);
  return parts.some((each) => each === null) ? null : parts.flatMap((each) => each ?? []);
}

/** The result of reshaping `from` to a target in ONNX's notation; null when it is not known. */
export function reshaped(from: Shape, target: Shape): Shape | null {
  const copied = target.map((dim, i) => (dim === 0 ? from[i] : dim));
  if (copied.some((dim) => dim === undefined)) return null;
  const known = copied.filter((dim): dim is Dim => dim !== -1 && dim !== undefined);
  if (known.length === copied.length) return known;
  const rest = quotientOf(productOf(from), productOf(known));
  return rest === null ? null : copied.map((dim) => (dim === -1 || dim === undefined ? rest : dim));
}
