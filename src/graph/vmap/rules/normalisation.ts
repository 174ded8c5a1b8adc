import { batchNorm, instanceNorm, layerNorm, localResponseNorm } from '../../ops/index.ts';
import type { NormalisationOps } from '../../value.ts';
import { type FamilyVmapRules, mapped, ofExpansion, operandOf } from '../rule.ts';
import { overAllImages } from './convolution.ts';

/** The same operators if all tasks share the parameters. */
export const normalisationRules: FamilyVmapRules<NormalisationOps> = {
  LayerNormalization(y, operands, tasks, within) {
    const [x, scale, bias] = [operandOf(operands, 0), operandOf(operands, 1), operands[2]];
    if (!x.mapped || scale.mapped || bias?.mapped) return ofExpansion(y, operands, tasks, within);
    const { axis, epsilon } = y.attributes;
    return mapped(layerNorm(x.value, scale.value, bias?.value, { axis: axis + 1, epsilon }));
  },
  InstanceNormalization: (y, operands, tasks, within) =>
    overAllImages(operands, (x) =>
      instanceNorm(x, operandOf(operands, 1).value, operandOf(operands, 2).value, y.attributes),
    ) ?? ofExpansion(y, operands, tasks, within),
  BatchNormalization(y, operands, tasks, within) {
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => operandOf(operands, i).value);
    if (!scale || !bias || !mean || !variance) return null;
    return (
      overAllImages(operands, (x) => batchNorm(x, scale, bias, { mean, variance }, y.attributes)) ??
      ofExpansion(y, operands, tasks, within)
    );
  },
  LRN: (y, operands) => overAllImages(operands, (x) => localResponseNorm(x, y.attributes.size, y.attributes)),
};
