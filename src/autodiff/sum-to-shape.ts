import type { Shape } from '../graph/dim.ts';
import { reduceSum, reshape } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/**
 * Undo broadcasting: sum `dy` over the axes along which an operand of `shape` was repeated.
 * The one place where this is done.
 */
export function sumToShape(dy: Value, shape: Shape): Value {
  const lead = dy.shape.length - shape.length;
  const repeated = dy.shape.flatMap((dim, i) => (i < lead || shape[i - lead] !== dim ? [i] : []));
  return repeated.length === 0 ? dy : reshape(reduceSum(dy, repeated), shape);
}
