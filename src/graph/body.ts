import { substitute } from './passes/rewrite.ts';
import { isOp, topologicalOrder, type Value, value } from './value.ts';

/**
 * A graph inside an operator: its results are made of its parameters and of unnamed constants, and of nothing else.
 * So every transform of a graph is a transform of a body, and looks no further than that body.
 */
export interface Body {
  readonly parameters: readonly Value<'Input'>[];
  readonly results: readonly Value[];
}

interface Closure {
  readonly body: Body;
  /** Values of the graph around; the last parameters of the body stand for them, in this order. */
  readonly captured: readonly Value[];
}

/**
 * The body that computes `results`, which may be made of values of the graph around too. Whatever does not depend on
 * a parameter is captured as a whole, so that it is computed once and outside, not once a run of the body.
 * Unnamed constants come along: axes and numbers that rules and passes read. Weights, which have names, do not.
 */
export function closeOver(parameters: readonly Value<'Input'>[], results: readonly Value[]): Closure {
  const inside = new Set<Value>(parameters);
  const standIns = new Map<Value, Value<'Input'>>();
  const capture = (outer: Value) => {
    const own = isOp(outer, 'Constant') && outer.attributes.name === undefined;
    if (own || inside.has(outer) || standIns.has(outer)) return;
    const name = `captured.${standIns.size}`;
    standIns.set(outer, value('Input', [], { name }, outer.shape, outer.dtype));
  };
  for (const each of topologicalOrder(results)) {
    if (!each.inputs.some((input) => inside.has(input))) continue;
    inside.add(each);
    each.inputs.forEach(capture);
  }
  results.forEach(capture);
  return {
    body: { parameters: [...parameters, ...standIns.values()], results: substitute(results, standIns) },
    captured: [...standIns.keys()],
  };
}
