import { broadcastShapes } from '../../../onnx/dim.ts';
import type { DType } from '../../value.ts';
import { allocate, type Folded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse } from '../refusal.ts';

/** The distance between neighbours along each axis of dense data in row-major order. */
export const rowMajor = (shape: readonly number[]): readonly number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));

/** The distance between neighbours along each axis; 0 along axes that broadcast. */
function stridesOf(x: Folded, shape: readonly number[]): readonly number[] {
  const lead = shape.length - x.shape.length;
  let step = 1;
  const own = x.shape.map(() => 0);
  for (let axis = x.shape.length - 1; axis >= 0; axis--) {
    own[axis] = x.shape[axis] === 1 ? 0 : step;
    step *= x.shape[axis] ?? 1;
  }
  return [...Array<number>(lead).fill(0), ...own];
}

/** Visits the elements of `shape` in row-major order with their places in `x`, whose strides may be 0. */
export function forEachPlace(
  shape: readonly number[],
  strides: readonly number[],
  visit: (place: number, at: number) => void,
  start = 0,
): void {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const index = shape.map(() => 0);
  const last = shape.length - 1;
  const [length, step] = [shape[last] ?? 1, strides[last] ?? 0];
  let place = start;
  for (let at = 0; at < size; at += length) {
    for (let i = 0; i < length; i++) visit(place + i * step, at + i);
    for (let axis = last - 1; axis >= 0; axis--) {
      const [stride, dim] = [strides[axis] ?? 0, shape[axis] ?? 1];
      const next = (index[axis] ?? 0) + 1;
      if (next < dim) {
        index[axis] = next;
        place += stride;
        break;
      }
      index[axis] = 0;
      place -= stride * (dim - 1);
    }
  }
}

export function expandTo(node: OperatorNode, x: Folded, shape: readonly number[]): Folded {
  const made = allocate(node.budget, x.type, shape, node.label);
  forEachPlace(shape, stridesOf(x, shape), (place, at) => {
    made.data[at] = x.data[place] ?? 0;
  });
  return made;
}

export function broadcastOf(node: OperatorNode, operands: readonly Folded[]): readonly number[] {
  try {
    return operands.map(({ shape }) => shape).reduce((a, b) => broadcastShapes(a, b) as readonly number[]);
  } catch {
    const got = operands.map(({ shape }) => `[${shape}]`).join(' and ');
    throw refuse(`shapes of ${node.label} that broadcast`, got);
  }
}

/** The maximum number of operands of an operator that is computed element by element: a condition and two values. */
const MOST_OPERANDS = 3;

/** `f` of the elements of all operands, which broadcast. */
export function mapTogether(
  node: OperatorNode,
  type: DType,
  operands: readonly Folded[],
  f: (...numbers: number[]) => number,
): Folded {
  if (operands.length > MOST_OPERANDS)
    throw refuse(`at most ${MOST_OPERANDS} operands of ${node.label}`, operands.length);
  const shape = broadcastOf(node, operands);
  const made = allocate(node.budget, type, shape, node.label);
  const strides = operands.map((each) => stridesOf(each, shape));
  const [index, places, numbers] = [shape, operands, operands].map((each) => each.map(() => 0)) as Walk;
  for (let at = 0; at < made.data.length; at++) {
    for (let i = 0; i < numbers.length; i++) numbers[i] = operands[i]?.data[places[i] ?? 0] ?? 0;
    made.data[at] = f(...numbers);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const dim = shape[axis] ?? 1;
      const next = (index[axis] ?? 0) + 1;
      const steps = next < dim ? 1 : 1 - dim;
      for (let i = 0; i < places.length; i++)
        places[i] = (places[i] ?? 0) + steps * (strides[i]?.[axis] ?? 0);
      index[axis] = next < dim ? next : 0;
      if (next < dim) break;
    }
  }
  return made;
}

/** The index along each axis, and the place and the number of each operand. */
type Walk = [index: number[], places: number[], numbers: number[]];
