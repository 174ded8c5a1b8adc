import { add, matMul, swapLast } from '../../ops/index.ts';
import type { LinalgOps } from '../../value.ts';
import { aligned } from '../align-axes.ts';
import { type FamilyVmapRules, mapped, operandOf } from '../rule.ts';

/** Matrix products become products of stacked matrices. If one side is shared, the runtime computes a single product. */
export const linalgRules: FamilyVmapRules<LinalgOps> = {
  MatMul(y, operands) {
    const [a, b] = [0, 1].map((i) => aligned(operandOf(operands, i), y.shape.length));
    return a && b ? mapped(matMul(a, b)) : null;
  },
  // Gemm does not take stacked matrices. The runtime fuses a transpose into its MatMul, so nothing is copied.
  Gemm(y, operands) {
    const { transA, transB } = y.attributes;
    const [a, b] = [operandOf(operands, 0).value, operandOf(operands, 1).value];
    const product = matMul(transA ? swapLast(a) : a, transB ? swapLast(b) : b);
    const c = operands[2];
    return mapped(c ? add(product, aligned(c, 2)) : product);
  },
};
