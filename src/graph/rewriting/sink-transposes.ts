import { sameShape } from '../../onnx/dim.ts';
import { constantTarget, ints, intsOf, reshape, transpose } from '../ops/index.ts';
import { inputOf, isOp, none, type OpType, type Value, value } from '../value.ts';

/**
 * Moves transposes from an operator's operands to its result, where they can cancel with the inverse transpose of the
 * next operator. Lowered convolutions use channels-last products; with this pass only arithmetic remains between two of
 * them.
 *
 * @module
 */

/** x transposed by `perm` in the fewest operators: none, a reshape if only axes of size 1 move, or one transpose. */
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

/** [n, h, w, c] → [n, c, h, w], and [c, h, w, n] → [n, c, h, w]: out of the layouts of lowered convolutions. */
const FROM_LOWERED = [
  [0, 3, 1, 2],
  [3, 0, 1, 2],
];

const inverse = (perm: readonly number[]) => perm.map((_, axis) => perm.indexOf(axis));

/** The same operator over operands in another layout. */
const withInputs = ({ op, attributes }: Value, inputs: readonly Value[]): Value =>
  value<OpType>(op, inputs, attributes);

/** f(transpose x) = transpose f(x), and f(reshape x) = reshape f(x). Further operands of f are scalars. */
export function sinkThroughUnary(node: Value): Value {
  const x = inputOf(node, 0);
  const inner = x.inputs[0];
  if (!inner || !(isOp(x, 'Transpose') || isOp(x, 'Reshape'))) return node;
  const result = sinkThroughUnary(withInputs(node, [inner, ...node.inputs.slice(1)]));
  if (isOp(x, 'Transpose')) return permuted(result, x.attributes.perm);
  return value('Reshape', [result, inputOf(x, 1)], none, node);
}

/**
 * f(transpose a, b) = transpose f(a, transpose⁻¹ b), where b may broadcast. Two equal reshapes are moved in the same
 * way. If the rewrite adds a transpose of b, it is done only out of the
 * layouts of lowered convolutions: rewriting in both directions would never
 * terminate.
 */
export function sinkThroughBinary(node: Value): Value {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  const transposed = [a, b].find((each) => isOp(each, 'Transpose') && sameShape(each.shape, node.shape));
  if (transposed && isOp(transposed, 'Transpose')) {
    const { perm } = transposed.attributes;
    const [x, y] = [transposedBack(a, perm), transposedBack(b, perm)];
    const free = ![x, y].some(
      (each, i) => isOp(each, 'Transpose') && !isOp(node.inputs[i] as Value, 'Transpose'),
    );
    if (!free && !FROM_LOWERED.some((each) => sameShape(perm, each))) return node;
    return permuted(sinkThroughBinary(withInputs(node, [x, y])), perm);
  }
  if (!isOp(a, 'Reshape') || !isOp(b, 'Reshape')) return node;
  const [x, y] = [inputOf(a, 0), inputOf(b, 0)];
  if (!sameShape(x.shape, y.shape) || !sameShape(a.shape, b.shape)) return node;
  const result = sinkThroughBinary(withInputs(node, [x, y]));
  return value('Reshape', [result, inputOf(a, 1)], none, node);
}

/** The operand y for which transposing y by `perm` gives the same broadcast values as `x`. */
function transposedBack(x: Value, perm: readonly number[]): Value {
  if (x.shape.length === 0) return x;
  const missing = Array.from({ length: perm.length - x.shape.length }, () => 1);
  return permuted(reshape(x, [...missing, ...x.shape]), inverse(perm));
}

/**
 * Reduces the operand of the transpose over the corresponding axes, and transposes the remaining axes only if their
 * order differs.
 */
export function sinkThroughReduction(node: Value<'ReduceSum'> | Value<'ReduceMean'>): Value {
  const x = inputOf(node, 0);
  if (!isOp(x, 'Transpose')) return node;
  const { perm } = x.attributes;
  const axes = intsOf(inputOf(node, 1));
  const inside = axes.map((axis) => perm[axis] as number).sort((a, b) => a - b);
  const inner = inputOf(x, 0);
  const keep = node.attributes.keepdims === 1;
  const reduced = withInputs(node, [inner, ints(inside)]);
  const left = keep ? perm : perm.filter((axis) => !inside.includes(axis));
  const rank = [...left].sort((a, b) => a - b);
  return permuted(
    reduced,
    left.map((axis) => rank.indexOf(axis)),
  );
}
