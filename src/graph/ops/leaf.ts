import type { Shape } from '../../onnx/dim.ts';
import { type DType, isOp, type Numbers, none, type Value, value } from '../value.ts';

/** An operand of a constructor: a value, or a number that becomes a scalar constant. */
export type Operand = Value | number;

/** A graph input of this name and shape. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Value<'Input'> {
  return value('Input', [], { name }, { shape, dtype });
}

/** Numbers of any type in a shape. */
interface Content {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** An initializer, of the type that its data have. The data are shared, not copied. */
export function constant({ shape, data }: Content, name?: string): Value<'Constant'> {
  return value('Constant', [], name === undefined ? { data } : { data, name }, { shape });
}

/** One number, shape []. */
export function scalar(x: number, dtype: DType = 'float32'): Value<'Constant'> {
  return constant({ shape: [], data: numbers[dtype]([x]) });
}

/** A rank-1 int64 constant: axes, pads, shapes. Numbers beyond int64 become its largest or smallest number. */
export function ints(values: readonly number[]): Value<'Constant'> {
  return constant({ shape: [values.length], data: numbers.int64(values) });
}

const numbers: { readonly [Type in DType]: (values: readonly number[]) => Numbers } = {
  float32: (values) => Float32Array.from(values),
  int64: (values) => BigInt64Array.from(values, toInt64),
  bool: (values) => Uint8Array.from(values, (each) => Number(each !== 0)),
};

const INT64_MAX = 2n ** 63n - 1n;

/** Files write "to the end" as the largest int64. As a JavaScript number that is 2⁶³, which int64 does not have. */
function toInt64(x: number): bigint {
  const exact = BigInt(x);
  if (Number.isSafeInteger(x)) return exact;
  if (exact > INT64_MAX) return INT64_MAX;
  return exact < -INT64_MAX ? -INT64_MAX - 1n : exact;
}

/** The number of a `scalar` constant; null for any other operand, also for a weight (a named constant). */
export function scalarOf(operand: Value): number | null {
  if (!isOp(operand, 'Constant') || operand.dtype !== 'float32') return null;
  const { data, name } = operand.attributes;
  return data.length === 1 && name === undefined ? Number(data[0]) : null;
}

/** A number as a scalar of this type. */
export function lift(operand: Operand, dtype?: DType): Value {
  return typeof operand === 'number' ? scalar(operand, dtype) : operand;
}

export function identity(x: Value): Value<'Identity'> {
  return value('Identity', [x], none);
}

/** The same value as x, but `gradient` treats it as a constant. */
export function stopGradient(x: Value): Value<'StopGradient'> {
  return value('StopGradient', [x], none);
}
