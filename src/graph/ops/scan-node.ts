import { substitute } from '../rewriting/rewrite.ts';
import { type Body, isOp, type ScanAttributes, topologicalOrder, type Value, value } from '../value.ts';

interface Closure {
  readonly body: Body;
  /** Values of the outer graph. The last parameters of the body stand for them, in this order. */
  readonly captured: readonly Value[];
}

/**
 * The body that computes `results`, which may use values of the outer graph. A value that does not depend on a
 * parameter is captured: the outer graph computes it once, instead of the body in every step. Unnamed constants are
 * copied into the body, because rules and passes read axes and numbers from them; weights, which have names, are
 * captured.
 */
function closeOver(parameters: readonly Value<'Input'>[], results: readonly Value[]): Closure {
  const inside = new Set<Value>(parameters);
  const standIns = new Map<Value, Value<'Input'>>();
  const capture = (outer: Value) => {
    const copied = isOp(outer, 'Constant') && outer.attributes.name === undefined;
    if (copied || inside.has(outer) || standIns.has(outer)) return;
    const name = `captured.${standIns.size}`;
    standIns.set(outer, value('Input', [], { name }, outer));
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

/** A scan over `operands`, one per parameter in `parameters`. `results` may use values of the outer graph. */
export function scanNode(
  operands: readonly Value[],
  parameters: readonly Value<'Input'>[],
  results: readonly Value[],
  attributes: Omit<ScanAttributes, 'body'>,
): Value<'Scan'> {
  const { body, captured } = closeOver(parameters, results);
  return value('Scan', [...operands, ...captured], { ...attributes, body });
}

/**
 * The inputs of a scan and the parameters of its body. Both are split into carries with sequences, and captured values.
 */
export function partsOf({ inputs, attributes: { body, carries, sequences } }: Value<'Scan'>) {
  const own = carries + sequences;
  return {
    operands: inputs.slice(0, own),
    captured: inputs.slice(own),
    parameters: body.parameters.slice(0, own),
    standIns: body.parameters.slice(own),
  };
}

/** The same scan with other results of its body, of the same number and shapes. */
export function withResults(node: Value<'Scan'>, results: readonly Value[]): Value<'Scan'> {
  const { body, ...attributes } = node.attributes;
  if (results.every((each, i) => each === body.results[i])) return node;
  const { operands, parameters } = partsOf(node);
  return scanNode(operands, parameters, withOuterValues(node, results), attributes);
}

/** Results of a scan's body, with each stand-in replaced by the outer value that it stands for. */
export function withOuterValues(node: Value<'Scan'>, results: readonly Value[]): readonly Value[] {
  const { captured, standIns } = partsOf(node);
  return substitute(results, new Map(standIns.map((each, i) => [each, captured[i] as Value])));
}

export function scanResult(node: Value<'Scan'>, index: number): Value<'ScanResult'> {
  return value('ScanResult', [node], { index });
}
