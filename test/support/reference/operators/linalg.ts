import type { LinalgOps } from '../../../../src/graph/value.ts';
import { at, broadcast, fill, forEachIndex, type NdArray, offsetOf } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

const transposed = (x: NdArray): NdArray =>
  fill([...x.shape].reverse(), (index) => at(x, [...index].reverse()));

function matMul(a: NdArray, b: NdArray): NdArray {
  const [m = 0, k = 0] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 0;
  const [batchOfA, batchOfB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batches = broadcast(batchOfA, batchOfB);
  const products: number[] = [];
  forEachIndex(batches, (batch) => {
    const [left, right] = [offsetOf(batchOfA, batch) * m * k, offsetOf(batchOfB, batch) * k * n];
    for (let row = 0; row < m; row++)
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let i = 0; i < k; i++)
          sum += (a.data[left + row * k + i] ?? 0) * (b.data[right + i * n + column] ?? 0);
        products.push(sum);
      }
  });
  return { shape: [...batches, m, n], data: Float64Array.from(products) };
}

export const linalg: FamilyInterpreters<LinalgOps> = {
  MatMul: (operands) => matMul(operand(operands, 0), operand(operands, 1)),
  Gemm(operands, { attributes: { transA, transB } }) {
    const [a, b, c] = [operand(operands, 0), operand(operands, 1), operands[2]];
    const product = matMul(transA ? transposed(a) : a, transB ? transposed(b) : b);
    return c ? fill(product.shape, (index) => at(product, index) + at(c, index)) : product;
  },
};
