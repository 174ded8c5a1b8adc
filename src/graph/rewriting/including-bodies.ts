import { withResults } from '../ops/index.ts';
import { isOp } from '../value.ts';
import { type Pass, rewrite } from './rewrite.ts';

/**
 * The pass over the body of every scan, then over the graph itself. Bodies come first: a value that no longer depends
 * on a parameter of its body moves out into the graph, and the pass must see it there.
 */
export function includingBodies(pass: Pass): Pass {
  const everywhere: Pass = (outputs) =>
    pass(
      rewrite(outputs, (value) =>
        isOp(value, 'Scan') ? withResults(value, everywhere(value.attributes.body.results)) : value,
      ),
    );
  return everywhere;
}
