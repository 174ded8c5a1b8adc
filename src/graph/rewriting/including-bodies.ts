import { withResults } from '../ops/index.ts';
import { isOp, topologicalOrder, type Value } from '../value.ts';
import { type Pass, rewrite } from './rewrite.ts';

/**
 * Applies the pass to the body of every scan, then to the graph itself. The bodies are first, because a value that no
 * longer depends on a parameter of its body moves to the outer graph, and the pass must also be applied to it there.
 */
export function includingBodies(pass: OrderedPass): Pass {
  const inBodies: OrderedPass = (outputs, order) =>
    rewrite(
      outputs,
      (value) =>
        isOp(value, 'Scan') ? withResults(value, everywhere(value.attributes.body.results)) : value,
      order,
    );
  const everywhere: Pass = (outputs) => {
    const order = topologicalOrder(outputs);
    // Most graphs have no scan: rebuilding them would take as long as the pass.
    if (!order.some((value) => isOp(value, 'Scan'))) return pass(outputs, order);
    const rebuilt = inBodies(outputs, order);
    return pass(rebuilt, topologicalOrder(rebuilt));
  };
  return everywhere;
}

/** A pass that is given the topological order of the outputs. */
type OrderedPass = (outputs: readonly Value[], order: readonly Value[]) => readonly Value[];
