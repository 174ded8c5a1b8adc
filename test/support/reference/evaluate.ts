import { type OpType, topologicalOrder, type Value } from '../../../src/graph/value.ts';
import { productOf, type Shape } from '../../../src/onnx/dim.ts';
import { isSameShape, type NdArray } from './array.ts';
import type { Feeds, Interpreter, Run } from './interpreter.ts';
import { convolution } from './operators/convolution.ts';
import { elementwise } from './operators/elementwise.ts';
import { leaf } from './operators/leaf.ts';
import { linalg } from './operators/linalg.ts';
import { movement } from './operators/movement.ts';
import { normalisation } from './operators/normalisation.ts';
import { pooling } from './operators/pooling.ts';
import { recurrence } from './operators/recurrence.ts';
import { reduction } from './operators/reduction.ts';

/** The size of each symbolic dimension, e.g. `{ N: 3 }`. */
export type Sizes = Readonly<Record<string, number>>;

const interpreters: { readonly [Op in OpType]: Interpreter<Op> } = {
  ...leaf,
  ...elementwise,
  ...reduction,
  ...movement,
  ...linalg,
  ...convolution,
  ...pooling,
  ...normalisation,
  ...recurrence,
};

/**
 * The outputs of a graph in float64: slow, close to the definitions, and independent of ONNX Runtime.
 * @throws RangeError when a value has another shape than the graph states.
 */
export function evaluate(outputs: readonly Value[], feeds: Feeds, sizes: Sizes = {}): readonly NdArray[] {
  return evaluator(outputs, sizes)(feeds);
}

/** Evaluates the same graph for many feeds. The results of some values may be known, and are not computed again. */
export function evaluator(
  outputs: readonly Value[],
  sizes: Sizes,
  known: ReadonlyMap<Value, NdArray> = new Map(),
): (feeds: Feeds) => readonly NdArray[] {
  const steps = topologicalOrder(outputs, new Set(known.keys()))
    .filter((value) => !known.has(value))
    .map((value) => ({ value, claimed: resolve(value.shape, sizes) }));
  const run: Run = (body, given) => evaluate(body, given, sizes);
  return (feeds) => {
    const results = new Map(known);
    for (const { value, claimed } of steps) {
      const operands = value.inputs.map((each) => results.get(each) as NdArray);
      const result = (interpreters[value.op] as Interpreter<OpType>)(operands, value, feeds, run);
      if (!isSameShape(claimed, result.shape))
        throw new RangeError(`Expected ${value.op} to be of shape [${claimed}], got [${result.shape}]`);
      results.set(value, result);
    }
    return outputs.map((each) => results.get(each) as NdArray);
  };
}

/** A shape with its symbols replaced by their sizes. */
export function resolve(shape: Shape, sizes: Sizes): readonly number[] {
  return shape.map((dim) => {
    const size =
      typeof dim === 'number' ? dim : productOf(dim.split('*').map((factor) => sizes[factor] ?? factor));
    if (typeof size !== 'number')
      throw new RangeError(`Expected sizes for [${shape}], got ${JSON.stringify(sizes)}`);
    return size;
  });
}
