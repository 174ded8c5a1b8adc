import { sameShape } from '../../onnx/dim.ts';
import { dataTypes } from '../../onnx/schema.ts';
import {
  type DType,
  type ElementwiseOps,
  inputOf,
  none,
  type OpAttributes,
  type Value,
  value,
} from '../value.ts';
import { lift, type Operand, scalarOf } from './leaf.ts';

/** The elementwise operators without attributes. */
type Plain = {
  [Op in keyof ElementwiseOps]: keyof ElementwiseOps[Op] extends never ? Op : never;
}[keyof ElementwiseOps];

/** An operator of two operands of one type, whose shapes broadcast. A number takes the type of the other operand. */
function binary<Op extends Plain>(op: Op) {
  return (a: Operand, b: Operand): Value<Op> => {
    const other = [a, b].find((each) => typeof each !== 'number') as Value | undefined;
    return value<Op>(op, [lift(a, other?.dtype), lift(b, other?.dtype)], none as OpAttributes[Op]);
  };
}

/** An operator of one or more operands of one type, whose shapes broadcast. */
function variadic<Op extends 'Max' | 'Min'>(op: Op) {
  return (...operands: readonly [Operand, ...Operand[]]): Value<Op> => {
    const first = operands.find((each) => typeof each !== 'number') as Value | undefined;
    const inputs = operands.map((each) => lift(each, first?.dtype));
    return value<Op>(op, inputs, none as OpAttributes[Op]);
  };
}

/** An operator of one operand. */
function unary<Op extends Plain>(op: Op) {
  return (x: Value): Value<Op> => value<Op>(op, [x], none as OpAttributes[Op]);
}

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
/** Integer division rounds toward zero. */
export const div = binary('Div');
/** Comparisons: bool. The operands are of one type. */
export const equal = binary('Equal');
export const less = binary('Less');
export const lessOrEqual = binary('LessOrEqual');
export const greater = binary('Greater');
export const greaterOrEqual = binary('GreaterOrEqual');
export const and = binary('And');
export const or = binary('Or');
export const not = unary('Not');
export const isNotANumber = unary('IsNaN');

/** a where the condition is true, b elsewhere. All three broadcast; the condition is bool. */
export function where(condition: Value, a: Operand, b: Operand): Value<'Where'> {
  const other = [a, b].find((each) => typeof each !== 'number') as Value | undefined;
  return value('Where', [condition, lift(a, other?.dtype), lift(b, other?.dtype)], none);
}

/** The largest of the operands in each place. */
export const maximum = variadic('Max');
/** The smallest of the operands in each place. */
export const minimum = variadic('Min');

/** x within bounds; a bound that is not given does not limit. */
export function clip(x: Value, { min, max }: { readonly min?: Operand; readonly max?: Operand } = {}): Value {
  const [lowest, highest] = x.dtype === 'float32' ? [-Infinity, Infinity] : [-(2 ** 63), 2 ** 63];
  return value('Clip', [x, lift(min ?? lowest, x.dtype), lift(max ?? highest, x.dtype)], none);
}

/**
 * The remainder of a / b. Of integers it has the sign of b; of floats that of a, as in `%`. ONNX defines no other
 * remainder of floats.
 */
export function mod(a: Value, b: Operand): Value<'Mod'> {
  return value('Mod', [a, lift(b, a.dtype)], { fmod: a.dtype === 'float32' ? 1 : 0 });
}

/** xᵖ in the operators that are fastest for p: 2, 1, ½, −1 and −½ need no power. */
export function pow(x: Value, p: Operand): Value {
  const power = value('Pow', [x, lift(p)], none);
  const shorter = powers.get(scalarOf(inputOf(power, 1)) ?? Number.NaN);
  return shorter && sameShape(x.shape, power.shape) ? shorter(x) : power;
}

/**
 * x in another type. A float becomes an integer by cutting off its fraction; true becomes 1, and every number but 0
 * becomes true.
 */
export function cast(x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : value('Cast', [x], { to: dataTypes[dtype] });
}

export const neg = unary('Neg');
export const abs = unary('Abs');
export const reciprocal = unary('Reciprocal');
export const floor = unary('Floor');
export const ceil = unary('Ceil');
/** To the nearest integer; halves to the nearest even one. */
export const round = unary('Round');
export const sin = unary('Sin');
export const cos = unary('Cos');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
export const erf = unary('Erf');

const powers = new Map<number, (x: Value) => Value>([
  [1, (x) => x],
  [2, (x) => mul(x, x)],
  [0.5, sqrt],
  [-1, reciprocal],
  [-0.5, (x) => reciprocal(sqrt(x))],
]);

/** −1, 0 or 1. */
export const sign = unary('Sign');
/** 1 where x > 0, else 0; wrong only for subnormal x > 0. It is one operator; a comparison with a cast would be two. */
export const positive = unary('Step');
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');
/** log(1 + eˣ) */
export const softplus = unary('Softplus');
