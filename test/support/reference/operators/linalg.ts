import type { LinalgOps } from '../../../../src/graph/value.ts';
import { at, broadcast, fill, type NdArray, sumOver } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

const transposed = (x: NdArray): NdArray =>
  fill([...x.shape].reverse(), (index) => at(x, [...index].reverse()));

function matMul(a: NdArray, b: NdArray): NdArray {
  const [m = 0, k = 0] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 0;
  return fill([...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n], (index) => {
    const batch = index.slice(0, -2);
    const [row = 0, column = 0] = index.slice(-2);
    return sumOver([k], ([i = 0]) => at(a, [...batch, row, i]) * at(b, [...batch, i, column]));
  });
}

export const linalg: FamilyInterpreters<LinalgOps> = {
  MatMul: (operands) => matMul(operand(operands, 0), operand(operands, 1)),
  Gemm(operands, { attributes: { transA, transB } }) {
    const [a, b, c] = [operand(operands, 0), operand(operands, 1), operands[2]];
    const product = matMul(transA ? transposed(a) : a, transB ? transposed(b) : b);
    return c ? fill(product.shape, (index) => at(product, index) + at(c, index)) : product;
  },
};
