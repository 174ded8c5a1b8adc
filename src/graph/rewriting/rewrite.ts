import { topologicalOrder, type Value, value } from '../value.ts';

/**
 * Rebuilds a graph from its inputs to its outputs. Each value is rebuilt with its rewritten inputs and passed to
 * `change`, which returns this value or a replacement of the same shape. `old` is the original value. `order` is the
 * topological order of the outputs, for a caller that has it.
 */
export function rewrite(
  outputs: readonly Value[],
  change: (value: Value, old: Value) => Value,
  order: readonly Value[] = topologicalOrder(outputs),
): readonly Value[] {
  // Only what changed: most passes change few values.
  const rewritten = new Map<Value, Value>();
  const current = (old: Value): Value => rewritten.get(old) ?? old;
  const isRewritten = (old: Value): boolean => rewritten.has(old);
  for (const old of order) {
    const rebuilt = old.inputs.some(isRewritten)
      ? value(old.op, old.inputs.map(current), old.attributes, old)
      : old;
    const changed = change(rebuilt, old);
    if (changed !== old) rewritten.set(old, changed);
  }
  return outputs.map(current);
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
