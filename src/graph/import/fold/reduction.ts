import { allocate, type Folded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { forEachPlace } from './broadcast.ts';
import type { Fold } from './elementwise.ts';

/** The axes that a reduction runs over: an attribute in older opsets, an operand in newer ones; all by default. */
export function reducedAxes(node: OperatorNode): readonly number[] {
  const given = node.attributeOrOperand('axes', 1) ?? [];
  const isNothing = node.int('noop_with_empty_axes', 0) === 1;
  if (given.length > 0) return node.axes(given);
  return isNothing ? [] : node.shape(0).map((_, axis) => axis);
}

const reduce =
  (
    start: number,
    f: (total: number, x: number) => number,
    end: (total: number, count: number) => number,
  ): Fold =>
  (node) => {
    const x = node.folded(0);
    const over = new Set(reducedAxes(node));
    const keep = node.int('keepdims', 1) === 1;
    const kept = x.shape.map((dim, axis) => (over.has(axis) ? 1 : dim));
    const shape = x.shape.flatMap((dim, axis) => (over.has(axis) ? (keep ? [1] : []) : [dim]));
    const made = allocate(node.budget, x.type, shape, node.label);
    const totals = new Float64Array(made.data.length).fill(start);
    let step = 1;
    const strides = kept.map(() => 0);
    for (let axis = kept.length - 1; axis >= 0; axis--) {
      strides[axis] = over.has(axis) ? 0 : step;
      step *= kept[axis] ?? 1;
    }
    forEachPlace(x.shape, strides, (place, at) => {
      totals[place] = f(totals[place] ?? 0, x.data[at] ?? 0);
    });
    const count = x.data.length / Math.max(1, totals.length);
    for (const [i, total] of totals.entries()) made.data[i] = end(total, count);
    return made;
  };

const plain = (total: number): number => total;

/** Sums along an axis, each over all elements so far. */
const cumulative: Fold = (node) => {
  const x = node.folded(0);
  const axis = node.axis(node.number(1, 0));
  const made: Folded = allocate(node.budget, x.type, x.shape, node.label);
  const inner = x.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const length = x.shape[axis] ?? 1;
  const [reverse, exclusive] = [node.int('reverse', 0) === 1, node.int('exclusive', 0) === 1];
  for (let start = 0; start < x.data.length; start += length * inner) {
    for (let column = 0; column < inner; column++) {
      let sum = 0;
      for (let step = 0; step < length; step++) {
        const at = start + (reverse ? length - 1 - step : step) * inner + column;
        const here = x.data[at] ?? 0;
        made.data[at] = exclusive ? sum : sum + here;
        sum += here;
      }
    }
  }
  return made;
};

export const reduction: Readonly<Record<string, Fold>> = {
  ReduceSum: reduce(0, (total, x) => total + x, plain),
  ReduceMean: reduce(
    0,
    (total, x) => total + x,
    (total, count) => total / count,
  ),
  ReduceProd: reduce(1, (total, x) => total * x, plain),
  ReduceMax: reduce(-Infinity, Math.max, plain),
  ReduceMin: reduce(Infinity, Math.min, plain),
  ReduceSumSquare: reduce(0, (total, x) => total + x * x, plain),
  ReduceL1: reduce(0, (total, x) => total + Math.abs(x), plain),
  ReduceL2: reduce(0, (total, x) => total + x * x, Math.sqrt),
  CumSum: cumulative,
};
