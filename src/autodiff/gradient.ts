import { sameShape } from '../graph/dim.ts';
import { add, expandLike, scalar } from '../graph/ops/index.ts';
import { type OpType, topologicalOrder, type Value } from '../graph/value.ts';
import type { GradientRule } from './rule.ts';
import { gradientRules } from './rules/index.ts';

/** A table over a union cannot be indexed by one of its members' type: the node's own op picks its rule. */
function ruleOf<Op extends OpType>({ op }: Value<Op>): GradientRule<Op> {
  return gradientRules[op] as GradientRule<Op>;
}

/**
 * ∂loss/∂w for each w of `wrt`, as values of w's shape: reverse-mode differentiation as a graph transform.
 * The result is made of ordinary operators and can be differentiated again.
 *
 * @param loss scalar, shape []
 * @see Griewank & Walther, Evaluating Derivatives (2008), §3.2
 * @example gradient(reduceSum(mul(x, x)), [x]) // [2x]
 */
export function gradient(loss: Value, wrt: readonly Value[]): readonly Value[] {
  if (loss.shape.length !== 0) throw new RangeError(`Expected a scalar loss, got shape [${loss.shape}]`);
  const order = topologicalOrder([loss]);
  const depends = new Set<Value>(wrt);
  for (const node of order) if (node.inputs.some((each) => depends.has(each))) depends.add(node);

  const cotangents = new Map<Value, Value>([[loss, scalar(1)]]);
  for (const node of [...order].reverse()) {
    const dy = cotangents.get(node);
    if (!dy || !depends.has(node) || node.inputs.length === 0) continue;
    ruleOf(node)(node, dy).forEach((dx, i) => {
      const x = node.inputs[i];
      if (!dx || !x || !depends.has(x)) return;
      if (!sameShape(dx.shape, x.shape)) {
        throw new Error(
          `Expected the rule of ${node.op} to give input ${i} shape [${x.shape}], got [${dx.shape}]`,
        );
      }
      const sum = cotangents.get(x);
      cotangents.set(x, sum ? add(sum, dx) : dx);
    });
  }
  return wrt.map((w) => cotangents.get(w) ?? expandLike(scalar(0), w));
}
