import type { ElementwiseOps } from '../../ops/elementwise.ts';
import { type OpType, type Value, value } from '../../value.ts';
import { aligned } from '../align-axes.ts';
import { type BatchRule, type FamilyBatchRules, mapped } from '../rule.ts';

/** The operator itself, over operands that broadcast as those of one task do. */
export const alongside = <Op extends OpType>(
  y: Value<Op>,
  operands: Parameters<BatchRule<Op>>[1],
  tasks: Parameters<BatchRule<Op>>[2],
) => {
  const inputs = operands.map((each) => aligned(each, y.shape.length));
  return mapped(value(y.op, inputs, y.attributes, [tasks, ...y.shape], y.dtype) as Value);
};

export const elementwiseRules: FamilyBatchRules<ElementwiseOps> = {
  Add: alongside,
  Sub: alongside,
  Mul: alongside,
  Div: alongside,
  Equal: alongside,
  Neg: alongside,
  Exp: alongside,
  Log: alongside,
  Sqrt: alongside,
  Sign: alongside,
  Relu: alongside,
  HardSigmoid: alongside,
  Sigmoid: alongside,
  Tanh: alongside,
};
