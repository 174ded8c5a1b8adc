import { withResults } from '../ops/index.ts';
import { isOp } from '../value.ts';
import { type Pass, rewrite } from './rewrite.ts';

/**
 * The pass over every body that an operator of the graph holds, then over the graph itself. In this order, because
 * what a pass leaves in a body that depends on none of its parameters moves out into the graph.
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
