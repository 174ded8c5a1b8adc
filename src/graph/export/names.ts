import type { Program } from '../program.ts';
import { inputOf, isOp, topologicalOrder, type Value } from '../value.ts';

export type Names = ReadonlyMap<Value, string>;

/** Whether a value is the only result of a node. The name of such a value can be chosen freely. */
const hasNode = (value: Value): boolean =>
  !isOp(value, 'Input') && !isOp(value, 'Constant') && !isOp(value, 'ScanResult');

/** Inputs and weights keep their names, an output names the node that computes it, and all other values are numbered. */
export function nameValues({ inputs, outputs }: Program): Names {
  const names = new Map<Value, string>(inputs.map((each) => [each, each.attributes.name]));
  const taken = new Set([...inputs.map(({ attributes }) => attributes.name), ...Object.keys(outputs)]);
  for (const [name, value] of Object.entries(outputs)) {
    if (hasNode(value) && !names.has(value)) names.set(value, name);
  }
  const order = topologicalOrder(Object.values(outputs));
  const given = [...taken, ...order.map((value) => wantedName(value) ?? '')];
  order.forEach((value, i) => {
    if (names.has(value)) return;
    if (isOp(value, 'ScanResult')) {
      names.set(value, resultName(names.get(inputOf(value, 0)) as string, value.attributes.index));
      return;
    }
    const wanted = wantedName(value);
    const free = wanted !== undefined && (isOp(value, 'Input') || !taken.has(wanted));
    let name = free ? wanted : `${value.op}_${i}`;
    // Names of values inside a scan begin with the name of the scan, so no other name may begin with it.
    const clashes = isOp(value, 'Scan')
      ? () => given.some((each) => each.startsWith(name))
      : () => taken.has(name);
    while (!free && clashes()) name += '_';
    taken.add(name);
    names.set(value, name);
  });
  return names;
}

const wantedName = (value: Value): string | undefined =>
  isOp(value, 'Input') || isOp(value, 'Constant') ? value.attributes.name : undefined;

/** The i-th result of the scan of this name. */
export const resultName = (scan: string, i: number): string => `${scan}.${i}`;

/** The i-th result of one step of the scan of this name. */
export const bodyResultName = (scan: string, i: number): string => `${scan}/result.${i}`;

/**
 * Names within a scan's body. A captured value keeps its name from the outer graph, where ONNX looks it up. All other
 * names begin with the name of the scan, so that they differ from every name outside.
 */
export function nameBody(scan: Value<'Scan'>, outer: Names): Names {
  const { body, carries, sequences } = scan.attributes;
  const name = outer.get(scan) as string;
  const names = new Map<Value, string>();
  body.parameters.forEach((each, i) => {
    const captured = i >= carries + sequences;
    names.set(each, captured ? (outer.get(inputOf(scan, i)) as string) : `${name}/${each.attributes.name}`);
  });
  body.results.forEach((each, i) => {
    if (hasNode(each) && !names.has(each)) names.set(each, bodyResultName(name, i));
  });
  topologicalOrder(body.results).forEach((value, i) => {
    if (names.has(value)) return;
    const own = isOp(value, 'ScanResult')
      ? resultName(names.get(inputOf(value, 0)) as string, value.attributes.index)
      : `${name}/${value.op}_${i}`;
    names.set(value, own);
  });
  return names;
}
