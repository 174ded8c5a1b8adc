import type { OperatorNode } from './operator-node.ts';
import { refuse, Unreadable } from './refusal.ts';

/**
 * Shapes of operators that only move elements, for constants and computed values alike.
 *
 * @module
 */

/** The target of a Reshape: 0 copies a dimension, −1 is inferred. */
export function reshapeTarget(
  node: OperatorNode,
  from: readonly number[],
  target: readonly number[],
): readonly number[] {
  const copies = node.int('allowzero', 0) === 0;
  const written = target.map((dim, axis) => (dim === 0 && copies ? (from[axis] ?? 0) : dim));
  const known = written.filter((dim) => dim !== -1).reduce((a, b) => a * b, 1);
  const size = from.reduce((a, b) => a * b, 1);
  const shape = written.map((dim) => (dim === -1 ? (known === 0 ? 0 : size / known) : dim));
  const isFit = shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0);
  if (!isFit || written.filter((dim) => dim === -1).length > 1 || shape.reduce((a, b) => a * b, 1) !== size)
    throw refuse(`a target of ${node.label} with the elements of [${from}]`, `[${target}]`);
  return shape;
}

export function unsqueezed(
  node: OperatorNode,
  shape: readonly number[],
  axes: readonly number[],
): readonly number[] {
  const rank = shape.length + axes.length;
  const inserted = new Set(node.axes(axes, rank));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? 1 : (rest.shift() ?? 1)));
}

export function squeezed(
  node: OperatorNode,
  shape: readonly number[],
  axes?: readonly number[],
): readonly number[] {
  // ONNX Runtime reads an empty list as no list.
  const removed = axes?.length
    ? node.axes(axes, shape.length)
    : shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  const wrong = removed.find((axis) => shape[axis] !== 1);
  if (wrong !== undefined) throw refuse(`axis ${wrong} of ${node.label} to be of size 1`, `[${shape}]`);
  return shape.filter((_, axis) => !removed.includes(axis));
}

export function flattened(node: OperatorNode, shape: readonly number[]): readonly number[] {
  const given = node.int('axis', 1);
  const axis = given === shape.length ? given : node.axis(given, shape.length);
  const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
  return [product(shape.slice(0, axis)), product(shape.slice(axis))];
}

/** One axis of a slice: the first index, the step, and how many elements. */
export interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** The cuts of a Slice: attributes in opsets before 10, operands from then on. */
export function cutsOf(node: OperatorNode): readonly Cut[] {
  const shape = node.shape(0);
  const starts = node.attributeOrOperand('starts', 1) ?? [];
  const ends = node.attributeOrOperand('ends', 2) ?? [];
  const axes = node.attributeOrOperand('axes', 3) ?? starts.map((_, i) => i);
  const steps = node.has(4) ? node.numbers(4) : starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length)
    throw refuse(`as many ends, axes and steps of ${node.label} as starts`, `${ends.length} ends`);
  return node.axes(axes).map((axis, i) => {
    const [size = 0, step = 1] = [shape[axis], steps[i]];
    if (!Number.isInteger(step) || step === 0) throw refuse(`a step of ${node.label} other than 0`, step);
    const within = (x: number, least: number, most: number) =>
      Math.min(most, Math.max(least, x < 0 ? x + size : x));
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const start = within(starts[i] ?? 0, step > 0 ? 0 : 0, step > 0 ? size : size - 1);
    const end = within(ends[i] ?? 0, least, most);
    return { axis, start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
}

/** The sizes of the parts of a Split along its axis. */
export function splitSizes(node: OperatorNode, size: number): readonly number[] {
  const given = node.ints('split') ?? (node.has(1) ? node.numbers(1) : undefined);
  const parts = node.int('num_outputs', node.outputs);
  const each = Math.ceil(size / Math.max(1, parts));
  const sizes =
    given ?? Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(each, size - i * each)));
  if (
    sizes.length !== node.outputs ||
    sizes.reduce((a, b) => a + b, 0) !== size ||
    sizes.some((part) => part < 0)
  )
    throw refuse(`${node.outputs} parts of ${node.label} of ${size} elements in all`, `[${sizes}]`);
  return sizes;
}

/** Pads before each axis, then after each, for all axes. */
export function padsOf(node: OperatorNode): readonly number[] {
  const rank = node.rank;
  const given = node.ints('pads') ?? node.ints('paddings') ?? (node.has(1) ? node.numbers(1) : []);
  const axes = node.has(3) ? node.axes(node.numbers(3)) : node.shape(0).map((_, axis) => axis);
  if (given.length !== 2 * axes.length)
    throw refuse(`${2 * axes.length} pads of ${node.label}`, given.length);
  const pads = Array<number>(2 * rank).fill(0);
  for (const [i, axis] of axes.entries()) {
    pads[axis] = given[i] ?? 0;
    pads[axis + rank] = given[i + axes.length] ?? 0;
  }
  return pads;
}

/** The permutation of a Transpose: by default the reverse. */
export function permOf(node: OperatorNode): readonly number[] {
  const perm = node.ints('perm') ?? node.shape(0).map((_, axis, { length }) => length - 1 - axis);
  if (perm.length !== node.rank)
    throw refuse(`a permutation of ${node.rank} axes of ${node.label}`, `[${perm}]`);
  return node.axes(perm);
}

/** The axis whose indices have a scale each. @throws Unreadable where a scale is that of a block of indices */
export function quantisedAxis(node: OperatorNode): number {
  if (node.int('block_size', 0) !== 0) throw new Unreadable(`${node.label}: expected no blocks`);
  return node.int('axis', 1);
}

/** An index along an axis, from 0. */
export function indexWithin(node: OperatorNode, index: number, size: number): number {
  const at = index < 0 ? index + size : index;
  if (Number.isInteger(at) && at >= 0 && at < size) return at;
  throw refuse(`indices of ${node.label} from ${-size} to ${size - 1}`, index);
}

/** An empty result of a computed value: no operator of ours has one. */
export function requireElements(node: OperatorNode, shape: readonly number[]): void {
  if (shape.includes(0)) throw new Unreadable(`${node.label}: expected elements, got none in [${shape}]`);
}
