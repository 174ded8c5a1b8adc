import { add, matMul, swapLast } from '../../ops/index.ts';
import type { LinalgOps } from '../../value.ts';
import { aligned } from '../align-axes.ts';
import { type FamilyVmapRules, mapped, operandOf } from '../rule.ts';

/** Products of matrices become products of stacks of them; one side shared, the runtime makes one product of it. */
export const linalgRules: FamilyVmapRules<LinalgOps> = {
  MatMul(y, operands) {
    const [a, b] = [0, 1].map((i) => aligned(operandOf(operands, i), y.shape.length));
    return a && b ? mapped(matMul(a, b)) : null;
  },
  // A stack has no Gemm; the runtime reads a transposed operand of its MatMul in place.
  Gemm(y, operands) {
    const { transA, transB } = y.attributes;
    const [a, b] = [operandOf(operands, 0).value, operandOf(operands, 1).value];
    const product = matMul(transA ? swapLast(a) : a, transB ? swapLast(b) : b);
    const c = operands[2];
    return mapped(c ? add(product, aligned(c, 2)) : product);
  },
};
