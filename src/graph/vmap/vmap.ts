import { type Dim, sameShape } from '../../onnx/dim.ts';
import { input } from '../ops/index.ts';
import { isOp, type OpType, topologicalOrder, type Value, value } from '../value.ts';
import { mapped, type Operand, shared, type VmapRule, type VmapWithin } from './rule.ts';
import { vmapRules } from './rules/index.ts';

export type Vmapped =
  | { readonly values: readonly Value[] }
  /** The first value that no operator can compute for all tasks at once. */
  | { readonly missing: Value };

/** TypeScript cannot index a table over a union by one member's type, hence the cast. */
function ruleOf<Op extends OpType>({ op }: Value<Op>): VmapRule<Op> {
  return vmapRules[op] as VmapRule<Op>;
}

/**
 * The same values for many tasks at once, as `jax.vmap`: the inputs named in `perTask`, and every value made of them,
 * get a leading axis `tasks`; all other inputs are shared. An output that does not depend on such an input does not
 * change. The result consists of ordinary operators, so `gradient` can differentiate it.
 *
 * @example vmap([matMul(x, w)], ['x'], 'T') // x [T, N, 2], w [2, 3] → [T, N, 3]
 */
export function vmap(outputs: readonly Value[], perTask: readonly string[], tasks: Dim): Vmapped {
  const done = new Map<Value, Operand>();
  const missing = vmapOrder(topologicalOrder(outputs), done, perTask, tasks);
  return missing ? { missing } : { values: outputs.map((each) => (done.get(each) as Operand).value) };
}

/** Adds every value of the order to `done`. Returns the first that has no rule. */
function vmapOrder(
  order: readonly Value[],
  done: Map<Value, Operand>,
  perTask: readonly string[],
  tasks: Dim,
): Value | undefined {
  for (const node of order) {
    if (done.has(node)) continue;
    const operands = node.inputs.map((each) => done.get(each) as Operand);
    const result = vmapNode(node, operands, perTask, tasks);
    if (!result) return node;
    const wanted = result.mapped ? [tasks, ...node.shape] : node.shape;
    if (!sameShape(result.value.shape, wanted)) {
      throw new Error(
        `Expected the vmap rule of ${node.op} to return [${wanted}], got [${result.value.shape}]`,
      );
    }
    done.set(node, result);
  }
  return undefined;
}

const within =
  (tasks: Dim): VmapWithin =>
  (output, inputs, operands) => {
    const done = new Map(inputs.map((each, i) => [each, operands[i] as Operand]));
    const missing = vmapOrder(topologicalOrder([output], new Set(inputs)), done, [], tasks);
    return missing ? null : (done.get(output) as Operand);
  };

function vmapNode(
  node: Value,
  operands: readonly Operand[],
  perTask: readonly string[],
  tasks: Dim,
): Operand | null {
  if (isOp(node, 'Input')) {
    const { name } = node.attributes;
    return perTask.includes(name) ? mapped(input(name, [tasks, ...node.shape], node.dtype)) : shared(node);
  }
  return operands.some((each) => each.mapped)
    ? ruleOf(node)(node, operands, tasks, within(tasks))
    : shared(withOperands(node, operands));
}

/**
 * The node over its new operands. A value that depends only on shapes is shared by all tasks, but its operands may have
 * been replaced.
 */
function withOperands(node: Value, operands: readonly Operand[]): Value {
  if (operands.every((each, i) => each.value === node.inputs[i])) return node;
  const inputs = operands.map((each) => each.value);
  return value(node.op, inputs, node.attributes, node);
}
