import type { Shape } from '../../onnx/dim.ts';
import type { Tensor } from '../../tensor.ts';
import { type DType, isOp, none, type Value, value } from '../value.ts';

/** An operand of a constructor: a value, or a number that becomes a scalar constant. */
export type Operand = Value | number;

/** A graph input of this name and shape. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Value<'Input'> {
  return value('Input', [], { name }, shape, dtype);
}

/** A float32 initializer. The data are shared, not copied. */
export function constant({ shape, data }: Tensor, name?: string): Value<'Constant'> {
  return value('Constant', [], name === undefined ? { data } : { data, name }, shape);
}

/** A float32 scalar, shape []. */
export function scalar(x: number): Value<'Constant'> {
  return value('Constant', [], { data: Float32Array.of(x) }, []);
}

/** A rank-1 int64 constant: axes, pads, shapes. */
export function ints(values: readonly number[]): Value<'Constant'> {
  return value('Constant', [], { data: BigInt64Array.from(values, BigInt) }, [values.length], 'int64');
}

/** The numbers of an `ints` constant. @throws TypeError when the operand is not a constant. */
export function intsOf(operand: Value): readonly number[] {
  if (isOp(operand, 'Constant') && operand.dtype === 'int64')
    return Array.from(operand.attributes.data, Number);
  throw new TypeError(`Expected a constant int64 operand, got ${operand.op}`);
}

/** The number of a `scalar` constant; null for any other operand, also for a weight (a named constant). */
export function scalarOf(operand: Value): number | null {
  if (!isOp(operand, 'Constant') || operand.dtype !== 'float32') return null;
  const { data, name } = operand.attributes;
  return data.length === 1 && name === undefined ? Number(data[0]) : null;
}

export function lift(operand: Operand): Value {
  return typeof operand === 'number' ? scalar(operand) : operand;
}

export function identity(x: Value): Value<'Identity'> {
  return value('Identity', [x], none, x.shape, x.dtype);
}

/** The same value as x, but `gradient` treats it as a constant. */
export function stopGradient(x: Value): Value<'StopGradient'> {
  return value('StopGradient', [x], none, x.shape, x.dtype);
}
