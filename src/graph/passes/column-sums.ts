import type { Dim } from '../dim.ts';
import { concat, gemm, ints, intsOf, reshape, scalar, shapeOf } from '../ops/index.ts';
import { inputOf, isOp, none, type Value, value } from '../value.ts';
import { pixelRows } from './patches.ts';
import { type Pass, rewrite } from './rewrite.ts';

/**
 * Sums over all axes but the last, which the gradient of every bias is, as a product of rows with a row of ones: over
 * 100 rows of 64 the runtime's ReduceSum and the addition behind it take 4 times as long, over 10 rows of 40 twice, and
 * over 100 images of 14×14 pixels two threads take 3 times as long as one.
 */
export const columnSums: Pass = (outputs) =>
  rewrite(outputs, (each) => (isOp(each, 'ReduceSum') && isOverRows(each) ? asProduct(each) : each));

function isOverRows(node: Value<'ReduceSum'>): boolean {
  const { length: rank } = inputOf(node, 0).shape;
  const axes = intsOf(inputOf(node, 1));
  return (
    node.shape.length === 1 && rank > 1 && axes.length === rank - 1 && axes.every((axis, i) => axis === i)
  );
}

/** [n, …, d] → [1, n·…] · [n·…, d] → [d] */
function asProduct(node: Value): Value {
  const x = pixelRows(inputOf(node, 0));
  return reshape(gemm(ones(x), x, { transA: true }), node.shape);
}

/** [n, 1] for x [n, d]. */
function ones(x: Value): Value {
  const rows = x.shape[0] as Dim;
  const target = typeof rows === 'number' ? ints([rows, 1]) : concat([shapeOf(x, 0, 1), ints([1])], 0);
  return value('Expand', [scalar(1), target], none, [rows, 1]);
}
