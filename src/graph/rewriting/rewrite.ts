import { topologicalOrder, type Value, value } from '../value.ts';

/**
 * Rebuilds a graph from its inputs to its outputs. Each value is rebuilt with its rewritten inputs and passed to
 * `change`, which returns this value or a replacement of the same shape. `old` is the original value.
 */
export function rewrite(
  outputs: readonly Value[],
  change: (value: Value, old: Value) => Value,
): readonly Value[] {
  const rewritten = new Map<Value, Value>();
  for (const old of topologicalOrder(outputs)) {
    const inputs = old.inputs.map((each) => rewritten.get(each) ?? each);
    const same = inputs.every((each, i) => each === old.inputs[i]);
    rewritten.set(old, change(same ? old : value(old.op, inputs, old.attributes, old), old));
  }
  return outputs.map((each) => rewritten.get(each) ?? each);
}

/** The same graph with some of its values replaced by others of the same shapes. */
export function substitute(
  outputs: readonly Value[],
  replacements: ReadonlyMap<Value, Value>,
): readonly Value[] {
  return rewrite(outputs, (value, old) => replacements.get(old) ?? value);
}

/** A graph transform. Every output must compute the same function afterwards; only rounding may differ. */
export type Pass = (outputs: readonly Value[]) => readonly Value[];
