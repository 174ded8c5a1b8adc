import { ints, intsOf, scalar } from '../../ops/index.ts';
import type { Reduction, ReductionOps } from '../../value.ts';
import { inputOf, type Value, value } from '../../value.ts';
import { type FamilyVmapRules, mapped, operandOf, type VmapRule } from '../rule.ts';

/** Reduces over the same axes; each is one larger because of the task axis. */
const overAxes = <Op extends Reduction>(op: Op): VmapRule<Op> => {
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

const placeAlong = <Op extends 'ArgMin' | 'ArgMax'>(op: Op): VmapRule<Op> => {
  return (y, operands) => {
    const attributes = { ...y.attributes, axis: y.attributes.axis + 1 };
    return mapped(value<Op>(op, [operandOf(operands, 0).value], attributes) as Value);
  };
};

export const reductionRules: FamilyVmapRules<ReductionOps> = {
  ReduceSum: overAxes('ReduceSum'),
  ReduceMean: overAxes('ReduceMean'),
  ReduceMax: overAxes('ReduceMax'),
  ReduceMin: overAxes('ReduceMin'),
  ReduceL1: overAxes('ReduceL1'),
  ReduceL2: overAxes('ReduceL2'),
  ReduceSumSquare: overAxes('ReduceSumSquare'),
  ReduceLogSumExp: overAxes('ReduceLogSumExp'),
  Softmax: alongAxis('Softmax'),
  LogSoftmax: alongAxis('LogSoftmax'),
  ArgMin: placeAlong('ArgMin'),
  ArgMax: placeAlong('ArgMax'),
  CumSum(y, operands) {
    const [axis = 0] = intsOf(inputOf(y, 1));
    const inputs = [operandOf(operands, 0).value, scalar(axis + 1, 'int64')];
    return mapped(value('CumSum', inputs, y.attributes));
  },
};
