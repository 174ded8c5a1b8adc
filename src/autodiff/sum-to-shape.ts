import { reduceSum } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Shape } from '../onnx/dim.ts';

/** Undoes broadcasting: sums `dy` over the axes along which an operand of `shape` was repeated. */
export function sumToShape(dy: Value, shape: Shape): Value {
  const lead = dy.shape.length - shape.length;
  const aligned = reduceSum(dy, [...Array(lead).keys()]);
  const repeated = shape.flatMap((dim, i) => (dim === aligned.shape[i] ? [] : [i]));
  return reduceSum(aligned, repeated, { keepdims: true });
}
