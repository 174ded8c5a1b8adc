import type { ElementwiseOps } from '../../value.ts';
import { none, type OpType, type Value, value } from '../../value.ts';
import { aligned } from '../align-axes.ts';
import {
  type FamilyVmapRules,
  mapped,
  type Operand,
  ofExpansion,
  operandOf,
  type VmapRule,
} from '../rule.ts';

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
  Max: elementwiseRule,
  Min: elementwiseRule,
  Mod: elementwiseRule,
  Pow: elementwiseRule,
  Abs: elementwiseRule,
  Reciprocal: elementwiseRule,
  Floor: elementwiseRule,
  Ceil: elementwiseRule,
  Round: elementwiseRule,
  Sin: elementwiseRule,
  Cos: elementwiseRule,
  Erf: elementwiseRule,
  LeakyRelu: elementwiseRule,
  Elu: elementwiseRule,
  Selu: elementwiseRule,
  Softplus: elementwiseRule,
  HardSwish: elementwiseRule,
  // Bounds are scalars: those of each task need the expansion.
  Clip: (y, operands, tasks, within) =>
    operands.slice(1).some((each) => each.mapped)
      ? ofExpansion(y, operands, tasks, within)
      : mapped(
          value(
            'Clip',
            operands.map((each) => each.value),
            none,
          ),
        ),
  // The slope broadcasts to x, never x to the slope.
  PRelu: (y, operands, tasks, within) =>
    operandOf(operands, 0).mapped ? elementwiseRule(y, operands) : ofExpansion(y, operands, tasks, within),
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
