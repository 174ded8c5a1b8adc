/**
 * Distinct labels in code-point order: the order of the logits. It depends on the labels alone, so neither the
 * order of the examples nor the key order of an object (integer-like keys come first there) can change it.
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
