import { add, expandLike, scalar } from '../graph/ops/index.ts';
import { type OpType, topologicalOrder, type Value } from '../graph/value.ts';
import { sameShape } from '../onnx/dim.ts';
import type { Cotangent, GradientRule, ResultCotangents, Vjp } from './rule.ts';
import { gradientRules } from './rules/index.ts';

/** TypeScript cannot index a table over a union by one member's type, hence the cast. */
function ruleOf<Op extends OpType>({ op }: Value<Op>): GradientRule<Op> {
  return gradientRules[op] as GradientRule<Op>;
}

/**
 * ∂loss/∂w for each w in `wrt`, of w's shape: reverse-mode differentiation as a graph transform.
 * The result consists of ordinary operators, so it can be differentiated again.
 *
 * @param loss scalar, shape []
 * @see Griewank & Walther, Evaluating Derivatives (2008), §3.2
 * @example gradient(reduceSum(mul(x, x)), [x]) // [2x]
 */
export function gradient(loss: Value, wrt: readonly Value[]): readonly Value[] {
  if (loss.shape.length !== 0) throw new RangeError(`Expected a scalar loss, got shape [${loss.shape}]`);
  return vjp([loss], [scalar(1)], wrt).map((dw, i) => dw ?? expandLike(scalar(0), wrt[i] as Value));
}

const vjp: Vjp = (ys, dys, xs, independent = false) => {
  const leaves = new Set(independent ? xs : []);
  const order = topologicalOrder(ys, leaves);
  const depends = new Set<Value>(xs);
  for (const node of order)
    if (!leaves.has(node) && node.inputs.some((each) => depends.has(each))) depends.add(node);

  const cotangents = new Map<Value, Cotangent>();
  const addCotangent = (x: Value, dx: Cotangent | null | undefined) => {
    if (dx && depends.has(x)) cotangents.set(x, sumOf(cotangents.get(x), dx));
  };
  ys.forEach((y, i) => {
    addCotangent(y, dys[i]);
  });
  for (const node of [...order].reverse()) {
    const dy = cotangents.get(node);
    if (!dy || node.inputs.length === 0 || leaves.has(node)) continue;
    ruleOf(node)(node, dy, vjp).forEach((dx, i) => {
      const x = node.inputs[i];
      if (!x) return;
      if (dx && 'op' in dx && !sameShape(dx.shape, x.shape)) {
        throw new Error(
          `Expected the rule of ${node.op} to return shape [${x.shape}] for input ${i}, got [${dx.shape}]`,
        );
      }
      addCotangent(x, dx);
    });
  }
  return xs.map((x) => {
    const dx = cotangents.get(x);
    return dx && 'op' in dx ? dx : undefined;
  });
};

/** The sum of two cotangents. Cotangents of several results are added per result. */
function sumOf(sum: Cotangent | undefined, dx: Cotangent): Cotangent {
  if (!sum) return dx;
  if ('op' in sum && 'op' in dx) return add(sum, dx);
  const [a, b] = [resultsOf(sum), resultsOf(dx)];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
    const [p, q] = [a[i], b[i]];
    return p && q ? add(p, q) : (p ?? q);
  });
}

const resultsOf = (dx: Cotangent): ResultCotangents => ('op' in dx ? [dx] : dx);
