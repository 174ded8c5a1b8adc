import { gemm, matMul, reshape, reshapeLike, swapLast } from '../../graph/ops/index.ts';
import type { LinalgOps } from '../../graph/value.ts';
import { inputOf, type Value } from '../../graph/value.ts';
import { productOf } from '../../onnx/dim.ts';
import type { FamilyRules } from '../rule.ts';
import { sumToShape } from '../sum-to-shape.ts';

/** [.., t, k] → [..·t, k] */
const rowsOf = (x: Value): Value => reshape(x, [productOf(x.shape.slice(0, -1)), x.shape.at(-1) ?? 1]);

export const linalgRules: FamilyRules<LinalgOps> = {
  // da = dy bᵀ, db = aᵀ dy, summed over broadcast leading axes. For one matrix b both are one product over all rows.
  MatMul(y, dy) {
    const [a, b] = [inputOf(y, 0), inputOf(y, 1)];
    if (a.shape.length > 2 && b.shape.length === 2) {
      const [rows, dyRows] = [rowsOf(a), rowsOf(dy)];
      return [reshapeLike(gemm(dyRows, b, { transB: true }), a), gemm(rows, dyRows, { transA: true })];
    }
    return [sumToShape(matMul(dy, swapLast(b)), a.shape), sumToShape(matMul(swapLast(a), dy), b.shape)];
  },
  // With A = op(a), B = op(b): dA = dy Bᵀ, dB = Aᵀ dy; a transposed operand gets its cotangent transposed. dC = dy.
  Gemm(y, dy) {
    const [a, b] = [inputOf(y, 0), inputOf(y, 1)];
    const { transA, transB } = y.attributes;
    const plus = y.inputs[2];
    const [ta, tb] = [transA === 1, transB === 1];
    return [
      ta ? gemm(b, dy, { transA: tb, transB: true }) : gemm(dy, b, { transB: !tb }),
      tb ? gemm(dy, a, { transA: true, transB: ta }) : gemm(a, dy, { transA: !ta }),
      ...(plus ? [sumToShape(dy, plus.shape)] : []),
    ];
  },
};
