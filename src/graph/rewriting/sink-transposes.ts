import { broadcastShapes, type Shape, sameShape } from '../../onnx/dim.ts';
import { constantTarget, ints, intsOf, reshape, transpose } from '../ops/index.ts';
import { inputOf, isOp, none, type OpType, type Value, value } from '../value.ts';

/**
 * Changes of layout are moved from an operator's operands to its result, where they meet the change back that a
 * neighbour begins with: between two convolutions lowered to channels-last products nothing but arithmetic remains.
 *
 * @module
 */

/** x under `perm`, in the fewest operators: none, a reshape where only axes of size 1 move, or one transpose. */
export function permuted(x: Value, perm: readonly number[]): Value {
  if (isOp(x, 'Transpose'))
    return permuted(
      inputOf(x, 0),
      perm.map((axis) => x.attributes.perm[axis] as number),
    );
  if (perm.every((axis, i) => axis === i)) return x;
  const moved = perm.filter((axis) => x.shape[axis] !== 1);
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const inOrder = moved.every((axis, i) => i === 0 || axis > (moved[i - 1] as number));
  return inOrder && constantTarget(x.shape, shape) ? reshape(x, shape) : transpose(x, perm);
}

/** [n, h, w, c] → [n, c, h, w]. */
const TO_CHANNELS_FIRST = [0, 3, 1, 2];

const inverse = (perm: readonly number[]) => perm.map((_, axis) => perm.indexOf(axis));

/** An operator over other operands of the same shapes but for layout: everything else about it stays. */
const over = ({ op, attributes, dtype }: Value, inputs: readonly Value[], shape: Shape): Value =>
  value<OpType>(op, inputs, attributes, shape, dtype);

/** f(x permuted) = f(x) permuted, f(x reshaped) = f(x) reshaped. */
export function outOfUnary(node: Value): Value {
  const x = inputOf(node, 0);
  const inner = x.inputs[0];
  if (!inner || !(isOp(x, 'Transpose') || isOp(x, 'Reshape'))) return node;
  const result = outOfUnary(over(node, [inner], inner.shape));
  if (isOp(x, 'Transpose')) return permuted(result, x.attributes.perm);
  return value('Reshape', [result, inputOf(x, 1)], none, node.shape, node.dtype);
}

/**
 * f(a permuted, b) = f(a, b permuted back) permuted, where b may broadcast; and so of two equal reshapes. Where b would
 * need a transpose of its own, this is for the way back from channels-last only: what goes both ways goes for ever.
 */
export function outOfBinary(node: Value): Value {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  const turned = [a, b].find((each) => isOp(each, 'Transpose') && sameShape(each.shape, node.shape));
  if (turned && isOp(turned, 'Transpose')) {
    const { perm } = turned.attributes;
    const [x, y] = [turnedBack(a, perm), turnedBack(b, perm)];
    const free = ![x, y].some(
      (each, i) => isOp(each, 'Transpose') && !isOp(node.inputs[i] as Value, 'Transpose'),
    );
    if (!free && !sameShape(perm, TO_CHANNELS_FIRST)) return node;
    return permuted(outOfBinary(over(node, [x, y], broadcastShapes(x.shape, y.shape))), perm);
  }
  if (!isOp(a, 'Reshape') || !isOp(b, 'Reshape')) return node;
  const [x, y] = [inputOf(a, 0), inputOf(b, 0)];
  if (!sameShape(x.shape, y.shape) || !sameShape(a.shape, b.shape)) return node;
  const result = outOfBinary(over(node, [x, y], x.shape));
  return value('Reshape', [result, inputOf(a, 1)], none, node.shape, node.dtype);
}

/** The operand that, permuted, broadcasts as `x` does. */
function turnedBack(x: Value, perm: readonly number[]): Value {
  if (x.shape.length === 0) return x;
  const missing = Array.from({ length: perm.length - x.shape.length }, () => 1);
  return permuted(reshape(x, [...missing, ...x.shape]), inverse(perm));
}

/** A reduction of x permuted runs over other axes of x; what is left is permuted as far as it still must be. */
export function outOfReduction(node: Value<'ReduceSum'> | Value<'ReduceMean'>): Value {
  const x = inputOf(node, 0);
  if (!isOp(x, 'Transpose')) return node;
  const { perm } = x.attributes;
  const axes = intsOf(inputOf(node, 1));
  const inside = axes.map((axis) => perm[axis] as number).sort((a, b) => a - b);
  const inner = inputOf(x, 0);
  const keep = node.attributes.keepdims === 1;
  const shape = inner.shape.flatMap((dim, axis) => (inside.includes(axis) ? (keep ? [1] : []) : [dim]));
  const reduced = over(node, [inner, ints(inside)], shape);
  const left = keep ? perm : perm.filter((axis) => !inside.includes(axis));
  const rank = [...left].sort((a, b) => a - b);
  return permuted(
    reduced,
    left.map((axis) => rank.indexOf(axis)),
  );
}
