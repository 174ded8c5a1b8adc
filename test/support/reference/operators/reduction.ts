import type { Reduction, ReductionOps } from '../../../../src/graph/value.ts';
import { at, fill, forEachIndex, type NdArray, offsetOf, sizeOf } from '../array.ts';
import { type FamilyInterpreters, type Interpreter, operand } from '../interpreter.ts';

type Elements = readonly number[];

const total = (elements: Elements): number => elements.reduce((sum, x) => sum + x, 0);

/** f of the elements along `axes`, which are kept with size 1. */
function foldAlong(x: NdArray, axes: readonly number[], f: (elements: Elements) => number): NdArray {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  if (sizeOf(shape) === 1) return { shape, data: Float64Array.of(f(Array.from(x.data))) };
  const groups = Array.from({ length: sizeOf(shape) }, (): number[] => []);
  forEachIndex(x.shape, (index) => groups[offsetOf(shape, index)]?.push(at(x, index)));
  return { shape, data: Float64Array.from(groups, f) };
}

/** A reduction over the axes in the second operand: all of them if there are none. */
const reduce =
  <Op extends Reduction>(f: (elements: Elements) => number): Interpreter<Op> =>
  (operands, { attributes: { keepdims } }) => {
    const [x, given] = [operand(operands, 0), Array.from(operand(operands, 1).data)];
    const axes = given.length > 0 ? given : x.shape.map((_, axis) => axis);
    const { shape, data } = foldAlong(x, axes, f);
    return { shape: keepdims ? shape : shape.filter((_, axis) => !axes.includes(axis)), data };
  };

/** log Σ eˣ without a shift: in float64 its range suffices for tests. */
const logSumExp = (elements: Elements) => Math.log(total(elements.map((x) => Math.exp(x))));

function logSoftmax(x: NdArray, axis: number): NdArray {
  const normaliser = foldAlong(x, [axis], logSumExp);
  return fill(x.shape, (index) => at(x, index) - at(normaliser, index));
}

const placeOf =
  <Op extends 'ArgMin' | 'ArgMax'>(best: (...elements: number[]) => number): Interpreter<Op> =>
  (operands, { attributes: { axis, keepdims } }) => {
    const x = operand(operands, 0);
    const { shape, data } = foldAlong(x, [axis], (elements) => elements.indexOf(best(...elements)));
    return { shape: keepdims ? shape : x.shape.toSpliced(axis, 1), data };
  };

export const reduction: FamilyInterpreters<ReductionOps> = {
  ReduceSum: reduce(total),
  ReduceMean: reduce((elements) => total(elements) / elements.length),
  ReduceMax: reduce((elements) => Math.max(...elements)),
  ReduceMin: reduce((elements) => Math.min(...elements)),
  ReduceL1: reduce((elements) => total(elements.map(Math.abs))),
  ReduceL2: reduce((elements) => Math.sqrt(total(elements.map((x) => x * x)))),
  ReduceSumSquare: reduce((elements) => total(elements.map((x) => x * x))),
  ReduceLogSumExp: reduce(logSumExp),
  Softmax(operands, { attributes }) {
    const { shape, data } = logSoftmax(operand(operands, 0), attributes.axis);
    return { shape, data: data.map((each) => Math.exp(each)) };
  },
  LogSoftmax: (operands, { attributes }) => logSoftmax(operand(operands, 0), attributes.axis),
  ArgMin: placeOf(Math.min),
  ArgMax: placeOf(Math.max),
  CumSum(operands, { attributes: { exclusive, reverse } }) {
    const [x, axis = 0] = [operand(operands, 0), operand(operands, 1).data[0]];
    return fill(x.shape, (index) => {
      const own = index[axis] ?? 0;
      const counts = (i: number) => (i === own ? !exclusive : reverse ? i > own : i < own);
      const all = Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => i);
      return total(all.filter(counts).map((i) => at(x, index.with(axis, i))));
    });
  },
};
