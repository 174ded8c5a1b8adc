import { ints, intsOf } from '../../ops/index.ts';
import type { ReductionOps } from '../../value.ts';
import { inputOf, type Value, value } from '../../value.ts';
import { type FamilyVmapRules, mapped, operandOf, type VmapRule } from '../rule.ts';

/** Reduces over the same axes; each is one larger because of the task axis. */
const overAxes = <Op extends 'ReduceSum' | 'ReduceMean'>(op: Op): VmapRule<Op> => {
  return (y, operands) => {
    const axes = intsOf(inputOf(y, 1)).map((axis) => axis + 1);
    const inputs = [operandOf(operands, 0).value, ints(axes)];
    return mapped(value<Op>(op, inputs, y.attributes) as Value);
  };
};

const alongAxis = <Op extends 'Softmax' | 'LogSoftmax'>(op: Op): VmapRule<Op> => {
  return (y, operands) => {
    const attributes = { axis: y.attributes.axis + 1 };
    return mapped(value<Op>(op, [operandOf(operands, 0).value], attributes) as Value);
  };
};

export const reductionRules: FamilyVmapRules<ReductionOps> = {
  ReduceSum: overAxes('ReduceSum'),
  ReduceMean: overAxes('ReduceMean'),
  Softmax: alongAxis('Softmax'),
  LogSoftmax: alongAxis('LogSoftmax'),
  ArgMin(y, operands) {
    const attributes = { ...y.attributes, axis: y.attributes.axis + 1 };
    return mapped(value('ArgMin', [operandOf(operands, 0).value], attributes));
  },
};
