import { broadcastShapes } from '../../onnx/dim.ts';
import { type ElementwiseOps, none, type Value, value } from '../value.ts';
import { lift, type Operand } from './leaf.ts';

type Binary = 'Add' | 'Sub' | 'Mul' | 'Div';

/** An elementwise operator of two operands whose shapes broadcast. */
function binary<Op extends Binary>(op: Op) {
  return (a: Operand, b: Operand): Value<Op> => {
    const [x, y] = [lift(a), lift(b)];
    return value<Op>(op, [x, y], none, broadcastShapes(x.shape, y.shape));
  };
}

/** An elementwise operator of one operand. */
function unary<Op extends Exclude<keyof ElementwiseOps, Binary | 'Equal' | 'HardSigmoid'>>(op: Op) {
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
/** The largest float32: its product with any normal number is at least 1. */
const MAX_FLOAT32 = 3.4028234663852886e38;
/** 1 where x > 0, else 0; wrong only for subnormal x > 0. It is one operator; a comparison with a cast would be two. */
export function positive(x: Value): Value<'HardSigmoid'> {
  return value('HardSigmoid', [x], { alpha: MAX_FLOAT32, beta: 0 }, x.shape);
}
/** 1 where a = b, else 0. a and b have the same type, and their shapes broadcast. */
export function equal(a: Value, b: Value): Value<'Cast'> {
  if (a.dtype !== b.dtype)
    throw new RangeError(`Expected operands of one type, got ${a.dtype} and ${b.dtype}`);
  const shape = broadcastShapes(a.shape, b.shape);
  return value('Cast', [value('Equal', [a, b], none, shape, 'bool')], { to: 1 }, shape);
}
export const relu = unary('Relu');
export const sigmoid = unary('Sigmoid');
export const tanh = unary('Tanh');
