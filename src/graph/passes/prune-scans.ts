import { partsOf, scanNode, scanResult, withOuterValues } from '../ops/index.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { inputOf, isOp, topologicalOrder, type Value } from '../value.ts';

/**
 * Removes from every scan the carries, sequences and results that no output needs, such as the received carries when no
 * gradient was computed. Only scans need this pass: other operators have one result, which is emitted only if it is
 * needed.
 */
export const pruneScans: Pass = (outputs) => {
  const order = topologicalOrder(outputs);
  if (!order.some((value) => isOp(value, 'Scan'))) return outputs;
  const kept = keptOf(outputs, order);
  const pruned = (value: Value, old: Value): Value => {
    if (isOp(value, 'Scan')) {
      const keeping = kept.get(old);
      return keeping ? withOnly(value, keeping) : value;
    }
    const node = value.inputs[0];
    const keeping = kept.get(old.inputs[0] as Value);
    if (!isOp(value, 'ScanResult') || !node || !isOp(node, 'Scan') || !keeping) return value;
    const index = keeping.results.indexOf(value.attributes.index);
    return index < 0 || index === value.attributes.index ? value : scanResult(node, index);
  };
  return rewrite(outputs, pruned, order);
};

/** Indices of a scan's inputs and of its results, in ascending order. */
interface Kept {
  readonly operands: readonly number[];
  readonly captured: readonly number[];
  readonly results: readonly number[];
}

/**
 * The needed inputs and results of each scan. Users are visited before the values that they use, so a value that only a
 * dropped operand needs is dropped too.
 */
function keptOf(outputs: readonly Value[], order: readonly Value[]): ReadonlyMap<Value, Kept> {
  const kept = new Map<Value, Kept>();
  const used = new Map<Value, Set<number>>();
  const needed = new Set(outputs);
  for (const each of order.toReversed()) {
    if (!needed.has(each)) continue;
    if (isOp(each, 'ScanResult')) {
      const node = inputOf(each, 0);
      used.set(node, (used.get(node) ?? new Set()).add(each.attributes.index));
    }
    if (!isOp(each, 'Scan')) {
      for (const input of each.inputs) needed.add(input);
      continue;
    }
    const keeping = keptOfScan(each, used.get(each) ?? new Set());
    kept.set(each, keeping);
    for (const i of [...keeping.operands, ...keeping.captured]) needed.add(inputOf(each, i));
  }
  return kept;
}

/**
 * A carry stays if an output needs it, or if a result that stays depends on it. At least one sequence stays, because it
 * gives the number of steps.
 */
function keptOfScan(node: Value<'Scan'>, used: ReadonlySet<number>): Kept {
  const { body, carries, sequences } = node.attributes;
  const results = new Set(used);
  let reached: ReadonlySet<Value> = new Set();
  for (let before = -1; before < results.size; ) {
    before = results.size;
    reached = new Set(topologicalOrder([...results].map((i) => body.results[i] as Value)));
    body.parameters.slice(0, carries).forEach((each, i) => {
      if (reached.has(each)) results.add(i);
    });
  }
  const read = body.parameters.flatMap((each, i) => (reached.has(each) ? [i] : []));
  const ordered = [...results].sort((a, b) => a - b);
  const items = read.filter((i) => i >= carries && i < carries + sequences);
  return {
    operands: [...ordered.filter((i) => i < carries), ...(items.length > 0 ? items : [carries])],
    captured: read.filter((i) => i >= carries + sequences),
    results: ordered,
  };
}

/** The scan with only these inputs and results. Scans inside its body are pruned too. */
function withOnly(node: Value<'Scan'>, { operands, results }: Kept): Value<'Scan'> {
  const { body, carries, reverse } = node.attributes;
  const { operands: given, parameters } = partsOf(node);
  const inner = pruneScans(results.map((i) => body.results[i] as Value));
  const same = operands.length === given.length && results.length === body.results.length;
  if (same && inner.every((each, i) => each === body.results[i])) return node;
  const left = operands.filter((i) => i < carries).length;
  return scanNode(
    operands.map((i) => given[i] as Value),
    operands.map((i) => parameters[i] as Value<'Input'>),
    withOuterValues(node, inner),
    { carries: left, sequences: operands.length - left, reverse },
  );
}
