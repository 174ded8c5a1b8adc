import { type Dim, sameShape } from '../../onnx/dim.ts';
import { input } from '../ops/index.ts';
import { isOp, type OpType, topologicalOrder, type Value, value } from '../value.ts';
import { mapped, type Operand, shared, type VmapRule } from './rule.ts';
import { vmapRules } from './rules/index.ts';

export type Vmapped =
  | { readonly values: readonly Value[] }
  /** The first value on the way that no operator computes for all tasks at once. */
  | { readonly missing: Value };

/** A table over a union cannot be indexed by one of its members' type: the node's own op picks its rule. */
function ruleOf<Op extends OpType>({ op }: Value<Op>): VmapRule<Op> {
  return vmapRules[op] as VmapRule<Op>;
}

/**
 * The same values for many tasks at once: the inputs named `perTask` and all that is made of them get a leading axis
 * `tasks`; other inputs are shared. An output that no such input reaches stays as it is. As `jax.vmap`, a transform of
 * graphs; what it leaves are ordinary operators, which `gradient` takes.
 *
 * @example vmap([matMul(x, w)], ['x'], 'T') // x [T, N, 2], w [2, 3] → [T, N, 3]
 */
export function vmap(outputs: readonly Value[], perTask: readonly string[], tasks: Dim): Vmapped {
  const done = new Map<Value, Operand>();
  for (const node of topologicalOrder(outputs)) {
    const operands = node.inputs.map((each) => done.get(each) as Operand);
    const result = batchOne(node, operands, perTask, tasks);
    if (!result) return { missing: node };
    const wanted = result.mapped ? [tasks, ...node.shape] : node.shape;
    if (!sameShape(result.value.shape, wanted)) {
      throw new Error(
        `Expected the batching rule of ${node.op} to give [${wanted}], got [${result.value.shape}]`,
      );
    }
    done.set(node, result);
  }
  return { values: outputs.map((each) => (done.get(each) as Operand).value) };
}

function batchOne(
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
    ? ruleOf(node)(node, operands, tasks)
    : shared(over(node, operands));
}

/** What is made of shapes alone is shared, but reads them where they now are. */
function over(node: Value, operands: readonly Operand[]): Value {
  if (operands.every((each, i) => each.value === node.inputs[i])) return node;
  const inputs = operands.map((each) => each.value);
  return value(node.op, inputs, node.attributes, node.shape, node.dtype);
}
