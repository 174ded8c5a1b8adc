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

/** Every value that these depend on, with its result. */
export function evaluateAll(values: readonly Value[], feeds: Feeds, sizes: Sizes = {}): Results {
  const order = topologicalOrder(values);
  const results = evaluate(order, feeds, sizes);
  return new Map(order.map((each, i) => [each, results[i] as NdArray]));
}

/** Values whose results are known. */
export type Results = Pick<ReadonlyMap<Value, NdArray>, 'get' | 'has'>;

/** Evaluates the same graph for many feeds. The results of some values may be known, and are not computed again. */
export function evaluator(
  outputs: readonly Value[],
  sizes: Sizes,
  known: Results = new Map(),
): (feeds: Feeds) => readonly NdArray[] {
  // Values by their places in the order: a lookup of each operand in a map would take as long as a small operator.
  const order = topologicalOrder(outputs, known);
  const places = new Map(order.map((value, place) => [value, place]));
  const placesOf = (values: readonly Value[]) => values.map((each) => places.get(each) as number);
  const given = order.map((value) => known.get(value));
  const steps = order.flatMap((value, place) =>
    given[place] ? [] : { value, place, from: placesOf(value.inputs), claimed: resolve(value.shape, sizes) },
  );
  const wanted = placesOf(outputs);
  const run = bodyRunner(sizes);
  return (feeds) => {
    const results = [...given];
    for (const { value, place, from, claimed } of steps) {
      const operands = from.map((each) => results[each] as NdArray);
      const result = (interpreters[value.op] as Interpreter<OpType>)(operands, value, feeds, run);
      if (!isSameShape(claimed, result.shape))
        throw new RangeError(`Expected ${value.op} to be of shape [${claimed}], got [${result.shape}]`);
      results[place] = result;
    }
    return wanted.map((each) => results[each] as NdArray);
  };
}

/** Bodies run once for each item, so each is prepared once. */
function bodyRunner(sizes: Sizes): Run {
  const evaluators = new Map<readonly Value[], ReturnType<typeof evaluator>>();
  return (body, feeds) => {
    const evaluateBody = evaluators.get(body) ?? evaluator(body, sizes);
    evaluators.set(body, evaluateBody);
    return evaluateBody(feeds);
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
