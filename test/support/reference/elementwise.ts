import type { ElementwiseOps } from '../../../src/graph/value.ts';
import { at, broadcast, fill, type NdArray } from './array.ts';
import { type FamilyInterpreters, operand } from './interpreter.ts';

const binary = (f: (a: number, b: number) => number) => (operands: readonly NdArray[]) => {
  const [a, b] = [operand(operands, 0), operand(operands, 1)];
  return fill(broadcast(a.shape, b.shape), (index) => f(at(a, index), at(b, index)));
};

const unary = (f: (x: number) => number) => (operands: readonly NdArray[]) => {
  const x = operand(operands, 0);
  return { shape: x.shape, data: x.data.map((each) => f(each)) };
};

export const elementwise: FamilyInterpreters<ElementwiseOps> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
  Equal: binary((a, b) => Number(a === b)),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Sign: unary(Math.sign),
  Relu: unary((x) => Math.max(x, 0)),
  HardSigmoid: (operands, { attributes: { alpha, beta } }) =>
    unary((x) => Math.max(0, Math.min(1, alpha * x + beta)))(operands),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Tanh: unary(Math.tanh),
};
