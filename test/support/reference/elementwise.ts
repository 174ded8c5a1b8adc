import type { ElementwiseOps, Value } from '../../../src/graph/value.ts';
import { dataTypes } from '../../../src/onnx/schema.ts';
import { at, broadcast, fill, type NdArray } from './array.ts';
import { type FamilyInterpreters, operand } from './interpreter.ts';

const binary = (f: (a: number, b: number) => number) => (operands: readonly NdArray[]) => {
  const [a, b] = [operand(operands, 0), operand(operands, 1)];
  return fill(broadcast(a.shape, b.shape), (index) => f(at(a, index), at(b, index)));
};

const comparison = (holds: (a: number, b: number) => boolean) => binary((a, b) => Number(holds(a, b)));

const unary = (f: (x: number) => number) => (operands: readonly NdArray[]) => {
  const x = operand(operands, 0);
  return { shape: x.shape, data: x.data.map((each) => f(each)) };
};

type To = Value<'Cast'>['attributes']['to'];
const conversions: { readonly [Type in To]: (x: number) => number } = {
  [dataTypes.float32]: (x) => x,
  [dataTypes.int64]: Math.trunc,
  [dataTypes.bool]: (x) => Number(x !== 0),
};

export const elementwise: FamilyInterpreters<ElementwiseOps> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: (operands, { dtype }) => binary((a, b) => (dtype === 'int64' ? Math.trunc(a / b) : a / b))(operands),
  Equal: comparison((a, b) => a === b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  And: binary((a, b) => a * b),
  Or: binary((a, b) => Math.max(a, b)),
  Not: unary((x) => 1 - x),
  Where(operands) {
    const [condition, a, b] = [operand(operands, 0), operand(operands, 1), operand(operands, 2)];
    const shape = broadcast(condition.shape, broadcast(a.shape, b.shape));
    return fill(shape, (index) => (at(condition, index) ? at(a, index) : at(b, index)));
  },
  IsNaN: unary((x) => Number(Number.isNaN(x))),
  Cast: (operands, { attributes: { to } }) => unary(conversions[to])(operands),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Sign: unary(Math.sign),
  Relu: unary((x) => Math.max(x, 0)),
  Step: unary((x) => Number(x > 0)),
  HardSigmoid: (operands, { attributes: { alpha, beta } }) =>
    unary((x) => Math.max(0, Math.min(1, alpha * x + beta)))(operands),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
};
