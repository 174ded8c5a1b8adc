import { add, matMul, mul, reshape, swapLast } from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { allocate, asValue, type Entry, type Folded, isFolded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse } from '../refusal.ts';
import type { Translations } from './translation.ts';

/** A product of matrices, of stacks of them, or with vectors, whose axis is then left out of the result. */
export function product(a: Value, b: Value): Value {
  const [row, column] = [a.shape.length === 1, b.shape.length === 1];
  const y = matMul(row ? reshape(a, [1, ...a.shape]) : a, column ? reshape(b, [...b.shape, 1]) : b);
  const shape = [
    ...y.shape.slice(0, -2),
    ...(row ? [] : y.shape.slice(-2, -1)),
    ...(column ? [] : y.shape.slice(-1)),
  ];
  return row || column ? reshape(y, shape) : y;
}

const BLOCK = 64;

/** A constant matrix transposed and multiplied while the model is read. */
function scaledMatrix(node: OperatorNode, x: Folded, transposed: boolean, factor: number): Folded {
  if (!transposed && factor === 1) return x;
  const [rows = 0, columns = 0] = x.shape;
  const made = allocate(node.budget, 'float32', transposed ? [columns, rows] : [rows, columns], node.label);
  if (!transposed) for (const [i, each] of x.data.entries()) made.data[i] = factor * each;
  // In blocks, so that neither side jumps through memory.
  else
    for (let top = 0; top < rows; top += BLOCK)
      for (let left = 0; left < columns; left += BLOCK)
        for (let row = top; row < Math.min(rows, top + BLOCK); row++)
          for (let column = left; column < Math.min(columns, left + BLOCK); column++)
            made.data[column * rows + row] = factor * (x.data[row * columns + column] ?? 0);
  return x.name === undefined ? made : { ...made, name: x.name };
}

const matrix = (node: OperatorNode, entry: Entry, transposed: boolean, factor = 1): Value => {
  if (isFolded(entry)) return asValue(scaledMatrix(node, entry, transposed, factor));
  const straight = transposed ? swapLast(entry) : entry;
  return factor === 1 ? straight : mul(factor, straight);
};

/** α op(A) op(B) + β C */
export function gemm(node: OperatorNode): Value {
  if (node.rank !== 2 || node.shape(1).length !== 2)
    throw refuse(`matrices for ${node.label}`, `[${node.shape(0)}] and [${node.shape(1)}]`);
  const alpha = node.float('alpha', 1);
  const a = matrix(node, node.entry(0), node.int('transA', 0) === 1);
  const isConstant = isFolded(node.entry(1));
  const b = matrix(node, node.entry(1), node.int('transB', 0) === 1, isConstant ? alpha : 1);
  const y = isConstant || alpha === 1 ? matMul(a, b) : mul(alpha, matMul(a, b));
  const beta = node.float('beta', 1);
  if (!node.has(2) || beta === 0) return y;
  return add(y, beta === 1 ? node.value(2) : mul(beta, node.value(2)));
}

export const linalg: Translations = {
  MatMul: (node) => product(node.value(0), node.value(1)),
  Gemm: gemm,
};
