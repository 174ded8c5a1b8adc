import { withResults } from '../ops/index.ts';
import { isOp, topologicalOrder } from '../value.ts';
import { type Pass, rewrite } from './rewrite.ts';

/**
 * Applies the pass to the body of every scan, then to the graph itself. The bodies are first, because a value that no
 * longer depends on a parameter of its body moves to the outer graph, and the pass must also be applied to it there.
 */
export function includingBodies(pass: Pass): Pass {
  const inBodies: Pass = (outputs) =>
    rewrite(outputs, (value) =>
      isOp(value, 'Scan') ? withResults(value, everywhere(value.attributes.body.results)) : value,
    );
  const everywhere: Pass = (outputs) => {
    // Most graphs have no scan: rebuilding them would take as long as the pass.
    const hasBodies = topologicalOrder(outputs).some((value) => isOp(value, 'Scan'));
    return pass(hasBodies ? inBodies(outputs) : outputs);
  };
  return everywhere;
}
