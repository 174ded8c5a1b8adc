import { dataTypes } from '../../onnx/schema.ts';
import { type DType, type ElementwiseOps, none, type OpAttributes, type Value, value } from '../value.ts';
import { lift, type Operand } from './leaf.ts';

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

/** An operator of one operand. */
function unary<Op extends Plain>(op: Op) {
  return (x: Value): Value<Op> => value<Op>(op, [x], none as OpAttributes[Op]);
}

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
/** Of integers: rounded toward zero. */
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

/**
 * x in another type. A float becomes an integer by cutting off its fraction; true becomes 1, and every number but 0
 * becomes true.
 */
export function cast(x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : value('Cast', [x], { to: dataTypes[dtype] });
}

export const neg = unary('Neg');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
/** −1, 0 or 1. */
export const sign = unary('Sign');
/** 1 where x > 0, else 0; wrong only for subnormal x > 0. It is one operator; a comparison with a cast would be two. */
export const positive = unary('Step');
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
/** max(0, min(1, alpha · x + beta)), a sigmoid of three straight lines. */
export function hardSigmoid(x: Value, { alpha = 0.2, beta = 0.5 } = {}): Value<'HardSigmoid'> {
  return value('HardSigmoid', [x], { alpha, beta });
}
export const tanh = unary('Tanh');
