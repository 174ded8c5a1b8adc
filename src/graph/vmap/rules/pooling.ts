import { averagePool, maxPool } from '../../ops/index.ts';
import type { PoolingOps } from '../../value.ts';
import type { FamilyVmapRules } from '../rule.ts';
import { overAllImages } from './convolution.ts';

export const poolingRules: FamilyVmapRules<PoolingOps> = {
  MaxPool: ({ attributes }, operands) =>
    overAllImages(operands, (x) => maxPool(x, attributes.kernel_shape, attributes)),
  AveragePool: ({ attributes }, operands) =>
    overAllImages(operands, (x) =>
      averagePool(x, attributes.kernel_shape, {
        ...attributes,
        countIncludePad: attributes.count_include_pad === 1,
      }),
    ),
};
