import type { ElementwiseOps } from '../../value.ts';
import { type OpType, type Value, value } from '../../value.ts';
import { aligned } from '../align-axes.ts';
import { type FamilyVmapRules, mapped, type Operand, type VmapRule } from '../rule.ts';

/** The same operator. Operands are first aligned, so that they broadcast as the operands of one task do. */
export const elementwiseRule = <Op extends OpType>(
  y: Value<Op>,
  operands: Parameters<VmapRule<Op>>[1],
): Operand => {
  const inputs = operands.map((each) => aligned(each, y.shape.length));
  return mapped(value(y.op, inputs, y.attributes));
};

export const elementwiseRules: FamilyVmapRules<ElementwiseOps> = {
  Add: elementwiseRule,
  Sub: elementwiseRule,
  Mul: elementwiseRule,
  Div: elementwiseRule,
  Equal: elementwiseRule,
  Less: elementwiseRule,
  LessOrEqual: elementwiseRule,
  Greater: elementwiseRule,
  GreaterOrEqual: elementwiseRule,
  And: elementwiseRule,
  Or: elementwiseRule,
  Not: elementwiseRule,
  Where: elementwiseRule,
  IsNaN: elementwiseRule,
  Cast: elementwiseRule,
  Neg: elementwiseRule,
  Exp: elementwiseRule,
  Log: elementwiseRule,
  Sqrt: elementwiseRule,
  Sign: elementwiseRule,
  Relu: elementwiseRule,
  Step: elementwiseRule,
  HardSigmoid: elementwiseRule,
  Sigmoid: elementwiseRule,
  Tanh: elementwiseRule,
};
