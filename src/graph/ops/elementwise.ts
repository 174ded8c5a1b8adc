import { broadcastShapes } from '../dim.ts';
import { type NoAttributes, none, type Value, value } from '../value.ts';
import { lift, type Operand } from './leaf.ts';

export interface ElementwiseOps {
  Add: NoAttributes;
  Sub: NoAttributes;
  Mul: NoAttributes;
  Div: NoAttributes;
  /** Their results are boolean. */
  Greater: NoAttributes;
  Equal: NoAttributes;
  Neg: NoAttributes;
  Exp: NoAttributes;
  Log: NoAttributes;
  Sqrt: NoAttributes;
  Sign: NoAttributes;
  Relu: NoAttributes;
  Sigmoid: NoAttributes;
  Tanh: NoAttributes;
}

type Binary = 'Add' | 'Sub' | 'Mul' | 'Div';

/** An elementwise operator of two operands whose shapes broadcast. */
function binary<Op extends Binary>(op: Op) {
  return (a: Operand, b: Operand): Value<Op> => {
    const [x, y] = [lift(a), lift(b)];
    return value<Op>(op, [x, y], none, broadcastShapes(x.shape, y.shape));
  };
}

/** An elementwise operator of one operand. */
function unary<Op extends Exclude<keyof ElementwiseOps, Binary | 'Greater' | 'Equal'>>(op: Op) {
  return (x: Value): Value<Op> => value<Op>(op, [x], none, x.shape);
}

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
export const neg = unary('Neg');
export const exp = unary('Exp');
export const log = unary('Log');
export const sqrt = unary('Sqrt');
/** −1, 0 or 1. */
export const sign = unary('Sign');
/** 1 where x > 0, else 0: in the runtime half the work of `sign`. */
export function positive(x: Value): Value<'Cast'> {
  const above = value('Greater', [x, lift(0)], none, x.shape, 'bool');
  return value('Cast', [above], { to: 1 }, x.shape);
}
/** 1 where a = b, else 0: of numbers of one type, whose shapes broadcast. */
export function equal(a: Value, b: Value): Value<'Cast'> {
  if (a.dtype !== b.dtype)
    throw new RangeError(`Expected operands of one type, got ${a.dtype} and ${b.dtype}`);
  const shape = broadcastShapes(a.shape, b.shape);
  return value('Cast', [value('Equal', [a, b], none, shape, 'bool')], { to: 1 }, shape);
}
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');
