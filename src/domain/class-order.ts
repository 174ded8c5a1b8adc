import type { Tensor } from '../tensor.ts';

/**
 * Distinct labels in code-point order: the order of the logits. It depends on the labels alone, not on the order of
 * the examples or of the keys of an object (JavaScript puts integer-like keys first).
 */
export function classOrder(labels: Iterable<string>): readonly string[] {
  return [...new Set(labels)].sort(byCodePoint);
}

/** `<` on strings compares UTF-16 units, which puts astral characters before U+E000…U+FFFF. */
function byCodePoint(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [left, right] = [a.codePointAt(i) ?? 0, b.codePointAt(i) ?? 0];
    if (left !== right) return left - right;
  }
  return a.length - b.length;
}

/** One-hot rows [N, ways]. @throws RangeError when a label is not among the classes. */
export function oneHot(labels: readonly string[], classes: readonly string[]): Tensor {
  const columns = new Map(classes.map((name, column) => [name, column]));
  const data = new Float32Array(labels.length * classes.length);
  labels.forEach((label, row) => {
    const column = columns.get(label);
    if (column === undefined) throw new RangeError(`Expected a label among ${classes.length} classes`);
    data[row * classes.length + column] = 1;
  });
  return { shape: [labels.length, classes.length], data };
}

/** Number of examples per label, in class order. */
export function countLabels(labels: readonly string[], classes: readonly string[]): Record<string, number> {
  const counts = new Map(classes.map((name) => [name, 0]));
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Object.fromEntries(counts);
}
