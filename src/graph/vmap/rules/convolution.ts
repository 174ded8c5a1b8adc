import { productOf } from '../../../onnx/dim.ts';
import { concat, conv, convTranspose, ints, reshape, shapeOf } from '../../ops/index.ts';
import type { ConvolutionOps } from '../../value.ts';
import { none, type Value, value } from '../../value.ts';
import { type FamilyVmapRules, mapped, type Operand, operandOf } from '../rule.ts';

/** [tasks, n, …] → [tasks·n, …] */
const joined = (x: Value): Value => reshape(x, [productOf(x.shape.slice(0, 2)), ...x.shape.slice(2)]);

/** [tasks·n, …] → [tasks, n, …], with the sizes that x has. */
function split(y: Value, x: Value): Value {
  const rest = y.shape.slice(1);
  const target = concat([shapeOf(x, 0, 2), ints(rest.map(Number))], 0);
  return value('Reshape', [y, target], none);
}

/**
 * One convolution or pooling over the images of all tasks. Null if the filters differ per task: that would need one group per task,
 * and the number of groups is a fixed attribute.
 */
export function overAllImages(operands: readonly Operand[], make: (x: Value) => Value): Operand | null {
  const [{ value: x, mapped: own }, ...weights] = [operandOf(operands, 0), ...operands.slice(1)];
  return own && !weights.some((each) => each.mapped) ? mapped(split(make(joined(x)), x)) : null;
}

export const convolutionRules: FamilyVmapRules<ConvolutionOps> = {
  Conv: (y, operands) =>
    overAllImages(operands, (x) => conv(x, operandOf(operands, 1).value, operands[2]?.value, y.attributes)),
  ConvTranspose(y, operands) {
    const size = y.shape.slice(2).map(Number);
    return overAllImages(operands, (x) => convTranspose(x, operandOf(operands, 1).value, size, y.attributes));
  },
  // Not supported: a weight gradient sums over images, and this sum must not mix tasks.
  ConvWeightGradient: () => null,
};
