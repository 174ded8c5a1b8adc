import type { Dim } from '../../onnx/dim.ts';
import { pixelRows } from '../lowering/im2col.ts';
import { concat, countOf, div, gemm, ints, intsOf, reshape, scalar, shapeOf } from '../ops/index.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { inputOf, isOp, none, type Value, value } from '../value.ts';

type Reduction = Value<'ReduceSum'> | Value<'ReduceMean'>;

/**
 * Replaces sums and means over all axes but the last (bias gradients, batch moments) by the product of a row of ones
 * with the rows. For 100 rows of 64, the runtime's ReduceSum and the addition after it take 4 times as long as this
 * product; for 10 rows of 40, twice as long. For 100 images of 14×14 pixels, ReduceSum on two threads takes 3 times as
 * long as on one thread.
 *
 * The mean over the rows of a matrix is not replaced, because the count and the division would need several operators.
 * Bodies of scans are not changed.
 */
export const columnSums: Pass = (outputs) =>
  rewrite(outputs, (each) => (isReduction(each) && isOverRows(each) ? asProduct(each) : each));

const isReduction = (node: Value): node is Reduction => isOp(node, 'ReduceSum') || isOp(node, 'ReduceMean');

function isOverRows(node: Reduction): boolean {
  const { length: rank } = inputOf(node, 0).shape;
  const axes = intsOf(inputOf(node, 1));
  if (node.dtype !== 'float32') return false;
  const least = isOp(node, 'ReduceMean') ? 3 : 2;
  return rank >= least && axes.length === rank - 1 && axes.every((axis, i) => axis === i);
}

/** [n, …, d] → [1, n·…] · [n·…, d], as [d] or [1, …, d] */
function asProduct(node: Reduction): Value {
  const x = inputOf(node, 0);
  const rows = pixelRows(x);
  const sum = reshape(gemm(ones(rows), rows), node.shape);
  return isOp(node, 'ReduceMean') ? div(sum, countOf(x, intsOf(inputOf(node, 1)))) : sum;
}

/** [1, n] for x [n, d]. */
function ones(x: Value): Value {
  const rows = x.shape[0] as Dim;
  const target = typeof rows === 'number' ? ints([1, rows]) : concat([ints([1]), shapeOf(x, 0, 1)], 0);
  return value('Expand', [scalar(1), target], none, { shape: [1, rows] });
}
